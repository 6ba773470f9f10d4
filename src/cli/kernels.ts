import { Command } from "commander";
import { type KernelInfo, kernels } from "../engine/engine.ts";
import { EXIT } from "./terminal/exit.ts";
import { toJsonLine, writeProduct } from "./terminal/output.ts";

const DETAILS = `
A kernel is the search loop for one instruction set. It is used only if the
processor can run it and it finds the known answers of its self-test. To force
one: --kernel NAME with mint, or STAMPMILL_KERNEL=NAME in the environment.

JSON: name supported passed usedFor.

Exit codes: 0 listed; 3 the engine is missing, or no kernel works.

Examples:
  stampmill kernels
  STAMPMILL_KERNEL=avx2 stampmill mint -b 24 alice@example.org`;

/** `stampmill kernels`. */
export function kernelsCommand(): Command {
  return new Command("kernels")
    .description("List the engine's kernels: which work here, and which is used.")
    .option("--json", "print a line of JSON for each kernel")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run({ json }: { json?: true }): Promise<void> {
  const all = kernels();
  await writeProduct(json ? all.map(toJsonLine).join("") : toTable(all));
  process.exitCode = all.some(({ passed }) => passed) ? EXIT.done : EXIT.environment;
}

function toTable(all: readonly KernelInfo[]): string {
  const rows = all.map(({ name, supported, passed, usedFor }) => {
    const state = !supported ? "not on this processor" : passed ? "works" : "FAILED its self-test";
    return [name, state, usedFor.length > 0 ? `used for ${usedFor.join(" and ")}` : ""] as const;
  });
  return rows
    .map(([name, state, use]) => `${name.padEnd(10)} ${state.padEnd(22)} ${use}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}
