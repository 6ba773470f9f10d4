import { randomBytes } from "node:crypto";
import { badInput } from "../errors.ts";
import { formatInstant, parseInstant } from "../instant.ts";

/** Shortest and longest challenge, in characters: 22 letters and digits are 128 bits. */
export const MIN_CHALLENGE_LENGTH = 16;
export const MAX_CHALLENGE_LENGTH = 256;

/** 128 bits: nobody guesses a challenge, and none is ever given out twice. */
const RANDOM_BYTES = 16;

/** Characters of the time that a challenge made here begins with. */
const TIME_LENGTH = "2026-11-24T12:00:00Z".length;

/** A fresh challenge: the time in seconds, `/`, and 128 random bits in base64url. */
export function createChallenge(now: number = Date.now()): string {
  const second = formatInstant(1000 * Math.floor(now / 1000));
  return `${second}/${randomBytes(RANDOM_BYTES).toString("base64url")}`;
}

/**
 * Passes on a challenge: 16 to 256 printable ASCII characters without spaces. That it is fresh, and
 * that nobody could know it before, is up to whoever asks.
 *
 * @throws StampmillError `bad-input` for anything else
 */
export function checkChallenge(challenge: string): string {
  if (typeof challenge === "string" && isChallenge(challenge)) return challenge;
  throw badInput(
    "challenge",
    `a challenge is ${MIN_CHALLENGE_LENGTH} to ${MAX_CHALLENGE_LENGTH} printable ASCII characters without spaces`,
    "stampmill identity challenge makes one",
  );
}

/** Whether text is of the form of a challenge. */
export function isChallenge(text: string): boolean {
  const { length } = text;
  return length >= MIN_CHALLENGE_LENGTH && length <= MAX_CHALLENGE_LENGTH && /^[!-~]+$/.test(text);
}

/** When a challenge of {@link createChallenge} was made; null for any other, which does not say. */
export function timeOfChallenge(challenge: string): number | null {
  const time = challenge.slice(0, TIME_LENGTH);
  const rest = challenge.slice(TIME_LENGTH);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) || !/^\/[\w-]{22}$/.test(rest)) return null;
  try {
    return parseInstant(time, "challenge");
  } catch {
    return null;
  }
}
