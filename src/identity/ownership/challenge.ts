import { randomBytes } from "node:crypto";
import { badInput } from "../../text/errors.ts";
import { formatInstant, parseInstant } from "../../text/instant.ts";

/** Shortest and longest challenge, in characters: 22 letters and digits are 128 bits. */
export const MIN_CHALLENGE_LENGTH = 16;
export const MAX_CHALLENGE_LENGTH = 256;

/** 128 bits: nobody guesses a challenge, and none is ever given out twice. */
const RANDOM_BYTES = 16;

/** Longest name of who asks, in characters. */
const MAX_NAME_LENGTH = 200;

/** What challenges made here look like: a time, 128 random bits, and maybe who asks. */
const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\/[\w-]{22}(?:\/([!-~]{1,200}))?$/;

export interface ChallengeOptions {
  /**
   * Who asks, such as `forum.example.org`: printable ASCII without spaces. Without it somebody else
   * could hand the challenge on, and show the answer as his own.
   */
  audience?: string | undefined;
  /** Milliseconds since 1970; the clock by default. */
  now?: number | undefined;
}

/**
 * A fresh challenge: the time in seconds, 128 random bits in base64url, and who asks, with `/`
 * between them.
 *
 * @throws StampmillError `bad-input` for a name that cannot stand
 */
export function createChallenge({ audience, now = Date.now() }: ChallengeOptions = {}): string {
  const second = formatInstant(1000 * Math.floor(now / 1000));
  const random = randomBytes(RANDOM_BYTES).toString("base64url");
  const name = audience === undefined ? "" : `/${checkAudience(audience)}`;
  return `${second}/${random}${name}`;
}

/**
 * Passes on the name of who asks.
 *
 * @throws StampmillError `bad-input` for anything but 1 to 200 printable characters without spaces
 */
export function checkAudience(name: string): string {
  if (/^[!-~]+$/.test(name) && name.length <= MAX_NAME_LENGTH) return name;
  const what = `1 to ${MAX_NAME_LENGTH} printable ASCII characters without spaces`;
  throw badInput("audience", `the name of who asks is ${what}`);
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
  const [, time] = FORM.exec(challenge) ?? [];
  if (time === undefined) return null;
  try {
    return parseInstant(time, "challenge");
  } catch {
    return null;
  }
}

/** Who asks by a challenge of {@link createChallenge}; null if it does not say. */
export function audienceOf(challenge: string): string | null {
  return FORM.exec(challenge)?.[2] ?? null;
}
