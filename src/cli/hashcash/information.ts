import type { Verdict } from "../../stamp/verify.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request } from "./options.ts";

/** What a stamp says, and for how long it is good. */
export interface Information {
  readonly name: string;
  /** Bits that it is worth. */
  readonly value: number;
  /** `0` for ever, `+N` from in N seconds on, `N` for N seconds more, `-N` until N seconds ago. */
  readonly left: string;
}

/** By what a stamp's time is judged, in milliseconds; it never expires if `expires` is 0. */
export interface Terms {
  readonly now: number;
  readonly expires: number;
  readonly grace: number;
}

/** The information on a stamp that could be read. */
export function informationOf(verdict: Verdict, terms: Terms): Information {
  return {
    name: verdict.resource ?? "",
    value: verdict.work ?? 0,
    left: leftOf(Date.parse(verdict.date ?? ""), terms),
  };
}

function leftOf(time: number, { now, expires, grace }: Terms): string {
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  if (time > now + grace) return `+${seconds(time - grace) - seconds(now)}`;
  if (expires === 0) return "0";
  const left = seconds(time + expires + grace) - seconds(now);
  return left > 0 ? `${left}` : `-${-left}`;
}

/** Prints what was asked for, in words, and bare where standard output is read by a program. */
export async function tellInformation(
  { name, value, left }: Information,
  request: Request,
  io: HashcashIo,
  voice: Voice,
): Promise<void> {
  const all = request.verbose;
  if (request.name || all) voice.tell(`stamp resource name: ${name}`);
  if (request.value || all) voice.tell(`stamp value: ${value}`);
  if (request.left || all) voice.tell(`valid: ${inWords(left)}`);
  if (!voice.bare || !request.informs) return;
  const asked = [
    request.name ? [name] : [],
    request.value ? [`${value}`] : [],
    request.left ? [left] : [],
  ];
  await io.out(`${asked.flat().join(" ")}\n`);
}

function inWords(left: string): string {
  if (left === "0") return "forever";
  if (left.startsWith("+")) return `in ${left.slice(1)} seconds`;
  if (left.startsWith("-")) return `expired ${left.slice(1)} seconds ago`;
  return `for ${left} seconds`;
}
