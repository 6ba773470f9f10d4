import { leadingZeroBits } from "../../engine/algorithms.ts";
import { isProblem, readStamp } from "../../stamp/stamp.ts";
import { toAscii } from "../../text/ascii-json.ts";
import type { ExemptFinding, Place, RejectedFinding } from "./finding.ts";
import type { Options } from "./options.ts";

/** What an exemption by the author's name is worth. */
export const UNPROVEN = "anyone can write that name";

/** In words, what the reason means for this stamp. */
export function explain(
  verdict: RejectedFinding | ExemptFinding,
  text: string,
  options: Options,
  place?: Place,
): string {
  const { bits, algorithm, now } = options;
  switch (verdict.reason) {
    case "malformed":
    case "unsupported-version":
    case "unsupported-algorithm": {
      const problem = readStamp(text, now ?? Date.now());
      if (isProblem(problem)) return problem.message;
      if (verdict.reason === "unsupported-version") return "version 0 needs --allow-v0";
      return `it is ${problem.algorithm}, not ${algorithm}`;
    }
    case "wrong-resource":
      return `it pays for ${verdict.resource}${place && "needs" in place ? `, not for ${place.needs}` : ""}`;
    case "insufficient-bits":
      return verdict.bits === null
        ? `its digest has ${verdict.work} of ${bits} bits`
        : `it claims ${verdict.bits} of ${bits} bits`;
    case "future":
      return `it is dated ${verdict.date}`;
    case "expired":
      return `it expired ${verdict.expires}`;
    case "missing-work":
      return `it claims ${verdict.bits} bits, its digest has ${leadingZeroBits(verdict.digest ?? "")}`;
    case "no-stamp":
      return `a stamp for ${verdict.resource} is missing${aboutSignature(place)}`;
    case "exempt": {
      const why = `${verdict.by} ${toAscii(verdict.entry)}, line ${verdict.line} of the list`;
      return verdict.warning === null ? why : `${why}; ${verdict.warning}: ${UNPROVEN}`;
    }
    case "spent":
      return "it was spent before, or is dated before all that the store remembers";
    case "insufficient-work":
      return `the stamps for ${verdict.resource} are worth too little together`;
  }
}

/** What is known of a signature that did not help. */
function aboutSignature(place: Place | undefined): string {
  if (place === undefined || !("commit" in place)) return "";
  switch (place.signature) {
    case undefined:
    case null:
    case "none":
      return "";
    case "unchecked":
      return "; git could not check its signature: the key or gpg may be missing";
    case "bad":
      return "; git says that its signature is bad, as it does where ssh-keygen is missing";
    case "expired":
    case "revoked":
      return `; its signature is ${place.signature}`;
    default:
      return `; it is signed by ${place.signature}, which does not exempt it`;
  }
}
