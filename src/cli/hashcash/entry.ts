import { EXIT } from "../terminal/exit.ts";
import { processIo } from "./io.ts";
import { runHashcash } from "./run.ts";

/** `stampmill hashcash`, with what comes after it. */
export async function hashcash(args: readonly string[]): Promise<void> {
  process.exitCode = EXIT.environment;
  process.exitCode = await runHashcash(args, processIo);
}
