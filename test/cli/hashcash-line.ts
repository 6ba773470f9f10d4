/** A command line, in whose arguments {db} stands for a file of the side's own. */
export interface Case {
  readonly kind: "check" | "inform" | "mint" | "usage";
  readonly args: readonly string[];
  readonly input: string;
  /** Run it again at once, with what the first run left behind. */
  readonly again: boolean;
  /** Whether a stamp lacks the work that it claims. */
  readonly tampered: boolean;
}

/** Numbers that come again with the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** Puts a group of options in a random place. */
export function insert(random: Random, groups: string[][], group: string[]): void {
  groups.splice(random.below(groups.length + 1), 0, group);
}

/** The words of a command line: flags joined now and then, values in a word of their own or not. */
export function render(random: Random, groups: readonly string[][]): string[] {
  const words: string[] = [];
  let open = false;
  for (const word of groups.flatMap(pair)) {
    const [option = "", value] = word;
    const isOption = /^-[A-Za-z]+$/.test(option) && value !== "";
    const last = words.at(-1) ?? "";
    if (isOption && open && random.chance(0.3)) words[words.length - 1] = last + option.slice(1);
    else words.push(option);
    open = isOption && value === undefined;
    if (value === undefined || value === "") continue;
    if (random.chance(0.4)) words[words.length - 1] += value;
    else words.push(value);
  }
  return words;
}

export const WITH_VALUE = new Set([
  "-b",
  "-e",
  "-g",
  "-r",
  "-f",
  "-t",
  "-x",
  "-z",
  "-Z",
  "-O",
  "-a",
  "-p",
  "-j",
]);

/** Options with their values; an argument comes with an empty one. */
function pair(group: readonly string[]): [string, string?][] {
  const pairs: [string, string?][] = [];
  for (let i = 0; i < group.length; i++) {
    const word = group[i] ?? "";
    if (WITH_VALUE.has(word)) pairs.push([word, group[++i] ?? ""]);
    else if (/^-[A-Za-z]+$/.test(word)) pairs.push([word]);
    else pairs.push([word, ""]);
  }
  return pairs;
}
