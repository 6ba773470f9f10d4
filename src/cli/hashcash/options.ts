import { ALGORITHM, UNNAMED_ALGORITHM } from "../../engine/algorithms.ts";
import type { StampLayout } from "../../stamp/layout.ts";
import { DEFAULT_BITS } from "../../stamp/mint.ts";
import { type DateWidth, isDateWidth } from "../../text/date.ts";
import { badInput } from "../../text/errors.ts";
import { readLength, readPeriod } from "./periods.ts";
import { quoted } from "./quoted.ts";

/** How the resource of a stamp is compared: `-M`, `-S` or `-E`. */
export type MatchKind = "wildcard" | "exact" | "regex";

/** What holds for the resources that come after it, until it is changed. */
export interface Settings {
  /** `-b`; null before there was one. */
  readonly bits: number | null;
  /** `-e`, in milliseconds, 0 for ever; null before there was one. */
  readonly expires: number | null;
  /** `-g`, in milliseconds; null before there was one. */
  readonly grace: number | null;
  readonly match: MatchKind;
  readonly caseSensitive: boolean;
  /** `-a`, in milliseconds, negative for the past. */
  readonly anonymise: number;
  /** `-z`; null before there was one. */
  readonly width: DateWidth | null;
}

/** An argument, or the resource of a `-r`, with what held where it stood. */
export interface Word {
  readonly text: string;
  /** Whether it came with `-r`. */
  readonly named: boolean;
  /** Whether a `-o` came before it. */
  readonly overridden: boolean;
  readonly settings: Settings;
}

/** What a command line asks for. */
export class Request {
  mint = false;
  check = false;
  speed = false;
  database = false;
  name = false;
  value = false;
  left = false;
  partly = false;
  quiet = false;
  verbose = false;
  version = false;
  help = false;
  header = false;
  body = false;
  progress = false;
  purge = false;
  purgeAll = false;
  layout: StampLayout = "hashcash";
  utc = false;
  ext = "";
  file = "hashcash.sdb";
  clock: string | null = null;
  /** How often each of `-b -e -g -r` was given. */
  readonly counts = { b: 0, e: 0, g: 0, r: 0 };
  /** The first of the options that a resource must come after, behind the last `-r`. */
  stray: string | null = null;
  readonly words: Word[] = [];
  settings: Settings = {
    bits: null,
    expires: null,
    grace: null,
    match: "wildcard",
    caseSensitive: false,
    anonymise: 0,
    width: null,
  };
  /** A `-o` waits for its `-r`. */
  overriding = false;

  /** Whether only what stamps say is asked for. */
  get informs(): boolean {
    return this.name || this.value || this.left;
  }

  set(changed: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changed };
  }

  /** Sets what a later `-r` would be judged by, of which none may come. */
  setForRule(option: string, changed: Partial<Settings>): void {
    this.set(changed);
    this.stray ??= option;
  }

  addWord(text: string, named: boolean): void {
    const overridden = named && this.overriding;
    this.words.push({ text, named, overridden, settings: this.settings });
    if (!named) return;
    this.overriding = false;
    this.counts.r++;
    this.stray = null;
  }
}

type Flag = (request: Request) => void;
type Valued = (request: Request, value: string) => void;

const FLAGS: Record<string, Flag> = {
  m: (request) => (request.mint = true),
  c: (request) => (request.check = true),
  s: (request) => (request.speed = true),
  d: (request) => (request.database = true),
  n: (request) => (request.name = true),
  w: (request) => (request.value = true),
  l: (request) => (request.left = true),
  y: (request) => (request.partly = true),
  q: (request) => (request.quiet = true),
  v: (request) => (request.verbose = true),
  V: (request) => (request.version = true),
  h: (request) => (request.help = true),
  X: (request) => (request.header = true),
  i: (request) => (request.body = true),
  P: (request) => (request.progress = true),
  k: (request) => (request.purgeAll = true),
  u: (request) => (request.utc = true),
  o: (request) => (request.overriding = true),
  M: (request) => request.setForRule("-M", { match: "wildcard" }),
  S: (request) => request.setForRule("-S", { match: "exact" }),
  E: (request) => request.setForRule("-E", { match: "regex" }),
  C: (request) => request.setForRule("-C", { caseSensitive: true }),
};

const VALUED: Record<string, Valued> = {
  b: (request, value) => {
    request.counts.b++;
    request.setForRule("-b", { bits: readBits(value) });
  },
  e: (request, value) => {
    request.counts.e++;
    request.setForRule("-e", { expires: readLength(value, "-e") });
  },
  g: (request, value) => {
    request.counts.g++;
    request.setForRule("-g", { grace: readLength(value, "-g") });
  },
  r: (request, value) => request.addWord(value, true),
  f: (request, value) => (request.file = value),
  t: (request, value) => (request.clock = value),
  x: (request, value) => (request.ext = value),
  a: (request, value) => request.set({ anonymise: readPeriod(value, "-a") }),
  z: (request, value) => request.set({ width: readWidth(value) }),
  Z: (request, value) => (request.layout = readSmall(value, "-Z", 2) > 0 ? "compact" : "hashcash"),
  O: (_, value) => readSmall(value, "-O", 10),
  // Which resources were spent is not in the store: see docs/hashcash.md.
  j: () => {},
  p: (request, value) => {
    if (request.purge) throw badInput("-p", "-p is given twice");
    if (value !== "now") readLength(value, "-p");
    request.purge = true;
  },
};

/**
 * Reads a command line as getopt does for hashcash(1): options and arguments in the order in which
 * they stand, options in one word or several. Stops at `-h`.
 *
 * @throws StampmillError `bad-input`; the request then holds what came before
 */
export function readOptions(request: Request, args: readonly string[]): void {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      for (const text of args.slice(i + 1)) request.addWord(text, false);
      return;
    }
    if (arg === "-" || !arg.startsWith("-")) {
      request.addWord(arg, false);
      continue;
    }
    if (readCluster(request, arg, args[i + 1])) i++;
    if (request.help) return;
  }
}

/** Reads the options in one word; says whether the last took the next word for its value. */
function readCluster(request: Request, arg: string, next: string | undefined): boolean {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at] ?? "";
    if (Object.hasOwn(FLAGS, letter)) {
      FLAGS[letter]?.(request);
      if (request.help) return false;
      continue;
    }
    if (!Object.hasOwn(VALUED, letter)) {
      throw badInput(`-${letter}`, `there is no option ${quoted(`-${letter}`)}`);
    }
    const rest = arg.slice(at + 1);
    const value = rest === "" ? next : rest;
    if (value === undefined) throw badInput(`-${letter}`, `-${letter} needs a value`);
    VALUED[letter]?.(request, value);
    return rest === "";
  }
  return false;
}

/** `20`, `default`, or `+4` and `-4`, which count from the default and stop at 0. */
function readBits(text: string): number {
  if (text === "default") return DEFAULT_BITS;
  const [, sign, digits] = /^([+-]?)(\d{1,9})$/.exec(text) ?? [];
  if (digits === undefined) {
    throw badInput("-b", `-b must be a number, +N, -N or default, not ${quoted(text)}`);
  }
  const number = Number(digits);
  const bits = sign === "" ? number : Math.max(0, DEFAULT_BITS + (sign === "-" ? -number : number));
  const { digestBits, title } = ALGORITHM[UNNAMED_ALGORITHM];
  if (bits <= digestBits) return bits;
  throw badInput("-b", `-b must be at most ${digestBits} bits, which is all that ${title} has`);
}

function readWidth(text: string): DateWidth {
  const width = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (isDateWidth(width)) return width;
  throw badInput("-z", `-z must be 6, 10 or 12, not ${quoted(text)}`);
}

function readSmall(text: string, option: string, most: number): number {
  if (/^\d{1,2}$/.test(text) && Number(text) <= most) return Number(text);
  throw badInput(option, `${option} must be from 0 to ${most}, not ${quoted(text)}`);
}
