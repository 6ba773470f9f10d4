import { EnvironmentError } from "./exit.ts";

/**
 * Standard input in pieces.
 *
 * @throws EnvironmentError if it cannot be read, for instance because it is a folder
 */
export async function* readStandardInput(): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of process.stdin) yield chunk;
  } catch (cause) {
    throw new EnvironmentError("cannot read standard input", cause as NodeJS.ErrnoException);
  }
}
