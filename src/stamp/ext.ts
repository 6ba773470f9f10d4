import {
  ALGORITHM,
  ALGORITHMS,
  type Algorithm,
  isAlgorithm,
  UNNAMED_ALGORITHM,
} from "../engine/algorithms.ts";
import { badInput, StampmillError } from "../text/errors.ts";
import { findFieldIntruder, nameCharacter } from "./characters.ts";

/** Longest extension that is minted, in characters. */
export const MAX_EXT_LENGTH = 512;

/**
 * The algorithm that an extension names: SHA-1 without an `alg`, as hashcash(1) reads every stamp;
 * null if `alg` is anything but one algorithm, well spelt. A doubtful stamp must
 * never be read one way here and another way elsewhere, so `ALG=`, a second `alg` and a list of
 * values are all refused.
 */
export function readAlgorithm(ext: string): Algorithm | null {
  if (ext === "") return UNNAMED_ALGORITHM;
  let found: Algorithm | null = null;
  for (const option of ext.split(";")) {
    const equals = option.indexOf("=");
    const name = equals < 0 ? option : option.slice(0, equals);
    if (name.toLowerCase() !== "alg") continue;
    const value = option.slice(equals + 1);
    if (found !== null || name !== "alg" || equals < 0 || !isAlgorithm(value)) return null;
    found = value;
  }
  return found ?? UNNAMED_ALGORITHM;
}

/**
 * Checks that a stamp can carry this extension.
 *
 * @throws StampmillError `bad-input` with `position` if it cannot
 */
export function checkExt(ext: string): void {
  if (typeof ext !== "string") {
    throw new StampmillError("bad-input", "ext must be a string", { parameter: "ext" });
  }
  const at = findFieldIntruder(ext);
  if (at >= 0) {
    throw new StampmillError(
      "bad-input",
      `ext may not hold ${nameCharacter(ext, at)}, found at offset ${at}`,
      {
        parameter: "ext",
        position: at,
        hint: "an extension is printable ASCII without space and colon, such as name=value;flag",
      },
    );
  }
  if (ext.length > MAX_EXT_LENGTH) {
    throw new StampmillError(
      "bad-input",
      `ext may have at most ${MAX_EXT_LENGTH} characters, not ${ext.length}`,
      { parameter: "ext", position: MAX_EXT_LENGTH },
    );
  }
  if (readAlgorithm(ext) === null) {
    const known = ALGORITHMS.map((name) => `alg=${name}`).join(" or ");
    throw badInput("ext", `ext may hold ${known}, once, or no alg`);
  }
}

/**
 * The extension of a stamp to be minted with an algorithm: the given one, led by `alg=` where the
 * algorithm needs to be named and is not yet.
 *
 * @throws StampmillError `bad-input` if the extension cannot stand, or names another algorithm
 */
export function extFor(algorithm: Algorithm, ext = ""): string {
  checkExt(ext);
  const named = readAlgorithm(ext);
  if (named === algorithm) return ext;
  if (/(?:^|;)alg=/.test(ext)) {
    throw new StampmillError(
      "bad-input",
      `ext says alg=${named} but the algorithm is ${algorithm}`,
      {
        parameter: "ext",
      },
    );
  }
  const full = [ALGORITHM[algorithm].ext, ext].filter((part) => part !== "").join(";");
  checkExt(full);
  return full;
}
