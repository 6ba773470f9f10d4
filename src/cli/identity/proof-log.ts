import { MAX_PROOF_LENGTH } from "../../identity/ownership/proof.ts";
import { badInput } from "../../text/errors.ts";
import { parseInstant } from "../../text/instant.ts";
import { readLines } from "../../text/lines.ts";
import { readInput } from "../terminal/input.ts";
import { toPrintable } from "../terminal/output.ts";

/**
 * The last time that each of these ids proved its key, in milliseconds since 1970, from a file of
 * what `identity check-proof --json` has printed. Whoever scores keeps that file: it is believed.
 *
 * @throws StampmillError `bad-input` for a line that check-proof does not print; EnvironmentError
 * if the file cannot be read
 */
export async function readProofLog(
  file: string,
  ids: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const last = new Map<string, number>();
  let number = 0;
  for await (const lines of readLines(readInput(file), MAX_PROOF_LENGTH)) {
    for (const line of lines) {
      number++;
      if (line === "") continue;
      const proof = readVerdict(line);
      if (proof === undefined) {
        const place = `${toPrintable(file)}:${number}`;
        throw badInput("proofs", `${place} is no line of stampmill identity check-proof --json`);
      }
      const { id, time } = proof;
      if (id !== null && ids.has(id)) last.set(id, Math.max(time, last.get(id) ?? time));
    }
  }
  return last;
}

/** Of a proof that was rejected the id is null. */
function readVerdict(line: string): { id: string | null; time: number } | undefined {
  try {
    const { valid, id, time } = Object(JSON.parse(line));
    if (valid === false) return { id: null, time: 0 };
    if (valid !== true || typeof id !== "string" || typeof time !== "string") return undefined;
    return { id, time: parseInstant(time, "time") };
  } catch {
    return undefined;
  }
}
