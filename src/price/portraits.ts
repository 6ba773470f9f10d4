import { type Stream, type StreamOptions, steadyStream } from "./stream.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How the built-in portraits post, for an hour each. */
const PORTRAITS = {
  talkative: {
    about: "a talkative person: a post every two minutes on average, in bursts",
    stream: { gap: 2 * MINUTE, seed: 1, known: true },
  },
  newcomer: {
    about: "a newcomer: a first post, and one every ten minutes",
    stream: { gap: 10 * MINUTE },
  },
  bot: {
    about: "a bot: 100 posts a minute under one name",
    stream: { gap: MINUTE / 100 },
  },
  names: {
    about: "a thousand fresh names that share the bot's 100 posts a minute",
    stream: { gap: MINUTE / 100, posters: 1000 },
  },
} as const satisfies Record<
  string,
  { about: string; stream: Omit<StreamOptions, "name" | "duration"> }
>;

export type PortraitName = keyof typeof PORTRAITS;

/** Names of the portraits, in the order in which they are shown. */
export const PORTRAIT_NAMES = Object.keys(PORTRAITS) as PortraitName[];

/** One sentence on a portrait. */
export function aboutPortrait(name: PortraitName): string {
  return PORTRAITS[name].about;
}

/** A portrait's posts. */
export function portrait(name: PortraitName, duration = HOUR): Stream {
  return steadyStream({ ...PORTRAITS[name].stream, name, duration });
}
