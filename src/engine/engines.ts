import { badInput, StampmillError } from "../text/errors.ts";
import { type Engine, KernelRefusal, type RefusalReason } from "./contract.ts";
import { nativeEngine } from "./native.ts";
import { noteReplacement } from "./replacement.ts";
import { wasmEngine } from "./wasm/engine.ts";

/** Gives an engine, or throws a StampmillError that says why it is not there. */
export type EngineLoader = () => Engine;

/** Every engine, best first: the one place that knows which there are. */
const ENGINES: readonly EngineLoader[] = [nativeEngine, wasmEngine];

/**
 * Calls the engine that has a kernel. Without a name that is the first engine that is there. A
 * kernel that is named is never replaced.
 *
 * @param kernel empty if none is named
 * @throws StampmillError `bad-input` if no engine has that kernel or the processor cannot run it;
 * `engine` if there is no engine, the kernel failed its self-test, or the call fails otherwise
 */
export function withEngine<T>(
  kernel: string,
  call: (engine: Engine) => T,
  loaders: readonly EngineLoader[] = ENGINES,
): T {
  let missing: StampmillError | undefined;
  for (const load of loaders) {
    const engine = loaded(load);
    if (engine instanceof StampmillError) {
      missing ??= engine;
      continue;
    }
    try {
      const result = call(engine);
      if (missing !== undefined && kernel === "") noteReplacement(missing);
      return result;
    } catch (error) {
      if (error instanceof KernelRefusal && error.reason === "unknown") continue;
      throw explained(error, kernel, loaders);
    }
  }
  // An engine that is not there may be the one that has it.
  throw missing ?? explained(new KernelRefusal("unknown"), kernel, loaders);
}

/**
 * Every engine that is there, best first.
 *
 * @throws StampmillError `engine` if there is none, and why the best one is not there
 */
export function everyEngine(loaders: readonly EngineLoader[] = ENGINES): Engine[] {
  const all = loaders.map(loaded);
  const engines = all.filter((engine): engine is Engine => !(engine instanceof StampmillError));
  if (engines.length === 0) throw all[0];
  return engines;
}

function loaded(load: EngineLoader): Engine | StampmillError {
  try {
    return load();
  } catch (error) {
    if (error instanceof StampmillError) return error;
    throw error;
  }
}

/** What was wrong with a kernel, or with a search that could not start, for the caller to read. */
function explained(
  cause: unknown,
  kernel: string,
  loaders: readonly EngineLoader[],
): StampmillError {
  if (!(cause instanceof KernelRefusal)) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StampmillError("engine", `the search cannot start: ${reason}`, { cause });
  }
  const all = everyEngine(loaders).flatMap((engine) => engine.kernels());
  const names = all.filter(({ passed }) => passed).map(({ name }) => name);
  return refused(cause.reason, kernel, `kernels that work here: ${names.join(", ")}`);
}

function refused(reason: RefusalReason, kernel: string, hint: string): StampmillError {
  switch (reason) {
    case "unknown":
      if (kernel === "") return new StampmillError("engine", "no engine here has this algorithm");
      return badInput("kernel", `there is no kernel ${JSON.stringify(kernel)}`, hint);
    case "unsupported":
      return badInput("kernel", `this processor cannot run the kernel ${kernel}`, hint);
    case "failed":
      return new StampmillError("engine", `the kernel ${kernel} failed its self-test`, { hint });
  }
}
