import type { Algorithm } from "../../engine/algorithms.ts";
import { type Identity, identitySubject } from "../../identity/format.ts";
import { idOfKeyFile, MAX_KEY_FILE } from "../../identity/id.ts";
import { difference, emptySketch, type Sketch } from "../../identity/sketch/sketch.ts";
import { badInput } from "../../text/errors.ts";
import { readSmallFile } from "../terminal/input.ts";

/** What the options of a command say about whose work it is. */
export interface TermOptions {
  id?: string;
  idFile?: string;
  beacon?: string;
  algorithm?: Algorithm;
  k?: number;
}

/** The same without the file; what is undefined was not said. */
export interface GivenTerms {
  id: string | undefined;
  beacon: string | undefined;
  algorithm: Algorithm | undefined;
  k: number | undefined;
}

/**
 * What was said of the terms, and that it can stand.
 *
 * @throws StampmillError `bad-input` if it cannot; EnvironmentError if a key cannot be read
 */
export function givenTerms({ id, idFile, beacon, algorithm, k }: TermOptions): GivenTerms {
  if (id !== undefined && idFile !== undefined) {
    throw badInput("--id", "give --id or --id-file, not both");
  }
  const terms = {
    id: idFile === undefined ? id : idOfKeyFile(readSmallFile(idFile, MAX_KEY_FILE)),
    beacon,
    algorithm,
    k,
  };
  // What Node puts for bytes that are no UTF-8: of two such names it would make one.
  for (const text of [terms.id, terms.beacon]) {
    if (text?.includes("\ufffd")) throw badInput("--id", "id and beacon must be UTF-8");
  }
  // Whatever is missing comes later; what is there must not wait until the file has been claimed.
  identitySubject({ ...terms, id: terms.id ?? "anybody" });
  return terms;
}

/**
 * The sketch of a file, or an empty one where there is none, if it is what was said.
 *
 * @throws StampmillError `bad-input` if the file is of something else, or nothing says whose work
 * it shall be
 */
export function sketchToGrow(path: string, found: Identity | undefined, given: GivenTerms): Sketch {
  if (found === undefined) {
    const { id } = given;
    if (id === undefined)
      throw badInput("--id", `${path} is not there yet: give --id or --id-file`);
    return emptySketch(identitySubject({ ...given, id }));
  }
  const { subject } = found.sketch;
  const said = identitySubject({
    id: given.id ?? found.id,
    beacon: given.beacon ?? found.beacon,
    algorithm: given.algorithm ?? subject.algorithm,
    k: given.k ?? subject.size,
  });
  if (said.head === subject.head) return found.sketch;
  const what = `${path} is of something else: ${difference(subject, said)} differ`;
  throw badInput("file", what, "name another file to begin anew");
}
