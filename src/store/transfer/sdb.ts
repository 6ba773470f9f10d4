import { leadingZeroBits, stampDigest } from "../../engine/algorithms.ts";
import { isProblem, MAX_STAMP_LENGTH, readStamp } from "../../stamp/stamp.ts";
import { spentEntry } from "../entry.ts";
import type { SpentEntry } from "../store.ts";

/** What a line of a file of spent stamps came to. */
export interface SpentLine {
  readonly entries: readonly SpentEntry[];
  /** What could not be read; null if all of the line was. */
  readonly problem: string | null;
  /** Whether it is a stamp that hashcash(1) takes and `verify` never does. */
  readonly refused: boolean;
}

const NOTHING: SpentLine = { entries: [], problem: null, refused: false };

/** Where in a damaged line stamps may begin: at what looks like version, bits and date. */
const BEGINNINGS = /(?=1:\d{1,3}:\d{6,12}:|0:\d{6,12}:)/g;

/** From a beginning to the last character that the counter can have, or the random of version 0. */
const LONGEST =
  /^(?:1:\d+:\d+:[!-9;-~]+:[!-9;-~]*:[\w+/=]*:|0:\d+:[!-9;-~]+:)(?<last>[A-Za-z0-9+/=]+)/;

/** Most places that are tried in a line, and most ends for each: a line may be made to hurt. */
const MOST_BEGINNINGS = 1000;
const MOST_ENDS = 200;

/** Bits that a stamp of version 0, which claims none, must have to be told from rubble. */
const V0_BITS = 10;

/**
 * Reads a line of hashcash(1)'s `hashcash.sdb`: a stamp, a space, and for how many seconds it was
 * accepted (0: for ever), which is not needed here: how long stamps are kept is for the store. The
 * first line says when it was purged. A stamp without the seconds, as in a list of stamps, is taken
 * if its digest bears out what it claims: otherwise it may have been cut off.
 *
 * hashcash(1) writes without care, so lines may be torn, glued to the next, or full of anything.
 * From such a line every stamp is taken that can be told by its work.
 */
export function readSdbLine(line: string): SpentLine {
  if (line === "" || /^last_purged \d{12}$/.test(line)) return NOTHING;
  const [, key = line, seconds] = /^(.*) (\d{1,20})$/.exec(line) ?? [];
  const stamp = key.length <= MAX_STAMP_LENGTH ? readStamp(key, Date.now()) : null;
  if (stamp !== null && !isProblem(stamp)) {
    // Version 0 claims nothing that could be missing.
    if (isProven(key) || (stamp.version === 0 && seconds !== undefined)) {
      return { entries: [spentEntry(key)], problem: null, refused: false };
    }
    const entries = [key, ...findStamps(line)].map(spentEntry);
    const problem = "damaged: the digest lacks the bits that the stamp claims";
    return { entries, problem, refused: false };
  }
  const entries = findStamps(line).map(spentEntry);
  if (entries.length === 0 && seconds !== undefined && isForeign(key)) {
    return { entries, problem: null, refused: true };
  }
  const found = entries.length === 1 ? "1 stamp" : `${entries.length} stamps`;
  return { entries, problem: `damaged: ${found} could be read in it`, refused: false };
}

/**
 * Every stamp in a piece of text that can be told by its work. Where one ends cannot be seen if it is
 * glued to the next, so all ends are tried; the few that fit by chance do no harm.
 */
export function findStamps(text: string): string[] {
  const found: string[] = [];
  let beginnings = 0;
  for (const { index } of text.matchAll(BEGINNINGS)) {
    if (beginnings++ === MOST_BEGINNINGS) break;
    const match = LONGEST.exec(text.slice(index, index + MAX_STAMP_LENGTH));
    if (match === null) continue;
    const [longest] = match;
    const most = match.groups?.last?.length ?? 0;
    for (let ends = 1; ends <= Math.min(most, MOST_ENDS); ends++) {
      const candidate = longest.slice(0, longest.length - most + ends);
      if (isProven(candidate)) found.push(candidate);
    }
  }
  return found;
}

/** Whether a text is a stamp whose digest says that nothing of it is missing. */
function isProven(text: string): boolean {
  const stamp = readStamp(text, Date.now());
  if (isProblem(stamp)) return false;
  const bits = leadingZeroBits(stampDigest(text, stamp.algorithm));
  return bits >= (stamp.version === 1 ? stamp.bits : V0_BITS);
}

/** A stamp with as many fields as hashcash(1) wants, spaces and all, that is none to `verify`. */
function isForeign(key: string): boolean {
  return /^ ?[+0]?1?[^:]{0,2}:[ -~]*$/.test(key) && key.split(":").length >= 4;
}
