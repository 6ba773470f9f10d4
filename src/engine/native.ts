import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../text/package.ts";
import type { Algorithm } from "./algorithms.ts";
import { type Engine, type EngineSearch, KernelRefusal, type KernelState } from "./contract.ts";
import type { CompleteJob } from "./job.ts";
import { isCutOff, notBuilt, notLoaded } from "./trouble.ts";

// The native engine. This is the only file that loads the addon.

/** What native/addon.cpp gives. */
interface Addon {
  /** Missing in an addon that an older version has built. */
  compiler?: string;
  Search: new (job: CompleteJob) => EngineSearch;
  kernels(): KernelState[];
  chooseKernel(name: string, algorithm: Algorithm): string;
  roofline(kernel: string, algorithm: Algorithm, seconds: number): number;
}

let engine: Engine | undefined;

/**
 * The native engine, loaded once.
 *
 * @throws StampmillError `engine` if it is missing or cannot be loaded
 */
export function nativeEngine(): Engine {
  engine ??= engineOf(loadAddon());
  return engine;
}

function loadAddon(): Addon {
  const root = packageRoot();
  const file = join(root, "build/Release/stampmill.node");
  if (!existsSync(file)) throw notBuilt(root);
  try {
    if (isCutOff(file)) throw new Error(`${file} ends too soon`);
    return createRequire(import.meta.url)(file) as Addon;
  } catch (cause) {
    throw notLoaded(root, file, cause);
  }
}

function engineOf(addon: Addon): Engine {
  return {
    compiler: addon.compiler ?? "unknown",
    kernels: () => addon.kernels(),
    chooseKernel: (...wanted) => refusing(() => addon.chooseKernel(...wanted)),
    search: (job) => refusing(() => new addon.Search(job)),
    roofline: (...wanted) => refusing(() => addon.roofline(...wanted)),
  };
}

/** The addon refuses a kernel with an error whose message is the reason and nothing else. */
function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { message } = error as Error;
    if (message === "unknown" || message === "unsupported" || message === "failed") {
      throw new KernelRefusal(message);
    }
    throw error;
  }
}
