import { isObject, readJson } from "./event.ts";
import type { NostrVerdict } from "./verify.ts";
import { verifyNostr } from "./verify.ts";

/** What a write-policy plugin answers strfry, a line for a line. */
export interface PolicyAnswer {
  readonly id: string;
  readonly action: "accept" | "reject";
  readonly msg: string;
}

/**
 * Answers one request of the strfry relay: its event must commit to that many bits and have them. What is
 * not understood is rejected.
 *
 * @param line the request's JSON in UTF-8
 */
export function answerPolicy(line: Uint8Array, bits: number): PolicyAnswer {
  const read = readJson(line);
  if ("problem" in read) return rejected("", `invalid: ${read.problem}`);
  const request = read.value;
  if (!isObject(request) || !isObject(request.event)) return rejected("", "invalid: no event");
  const { type, event } = request;
  const id = typeof event.id === "string" ? event.id : "";
  if (type !== "new") return rejected(id, "error: this kind of request is not known");
  const verdict = verifyNostr(event, { bits });
  return verdict.valid ? { id, action: "accept", msg: "" } : rejected(id, message(verdict, bits));
}

function rejected(id: string, msg: string): PolicyAnswer {
  return { id, action: "reject", msg };
}

/** With the prefixes that NIP-01 gives for machines: `pow:`, `invalid:`. */
function message({ reason, problem, bits }: NostrVerdict, least: number): string {
  switch (reason) {
    case "malformed":
      return `invalid: ${problem}`;
    case "wrong-id":
      return "invalid: the id is not the hash of the event";
    case "two-nonces":
      return "invalid: there are two nonce tags";
    case "no-nonce":
      return `pow: a nonce tag that commits to ${least} bits is missing`;
    case "insufficient-bits":
      return `pow: ${least} bits are needed, ${bits} are committed to`;
    default:
      return `pow: the id has fewer than the ${bits} bits committed to`;
  }
}
