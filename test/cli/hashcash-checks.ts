import { bruteStamp } from "../stamp/brute.ts";
import { type Case, insert, type Random, render } from "./hashcash-line.ts";

/** Resources and patterns that go together: hashcash(1) crashes where only one of the two has an @. */
export const FAMILIES = [
  {
    resources: ["foo@bar.example", "FOO@Bar.Example", "alice@mx.example.org", "a+b@example.org"],
    wildcards: ["*@bar.example", "foo@*.example", "f*o@bar.*", "*@*.example.org", "a*@example.org"],
  },
  {
    resources: ["foo", "Foo", "forum.example.org", "x-1_2/3?q=%41"],
    wildcards: ["f*", "*o", "*", "forum.*.org", "*.*"],
  },
] as const;

const PATTERNS = [
  "foo@bar\\.example",
  "[a-z]+@[[:alnum:].]+",
  "(foo|alice)@.*",
  "FO{2}.*",
  "^foo",
  "foo$",
  "[^@]*",
  "a\\+b@.*",
  ".*",
];

export const CLOCKS = ["240301", "240229123456", "2403151200", "240310235959"];
const DATES = [
  "240229",
  "240301",
  "2402291200",
  "240228235959",
  "240131",
  "231224",
  "240313",
  "240601",
];
/** Within the default terms at each of the clocks. */
const GOOD_DATES = ["240229", "2402291200", "240228235959", "240225"];
const PERIODS = ["28d", "1w", "36h", "20000m", "2419200", "2419200s", "2M", "1y", "+30d"];
const GRACES = ["2d", "0", "90m", "1h", "7200", "3d"];
const GARBAGE = [
  "garbage",
  "1:8",
  "1:8:240229:foo::x",
  "1:8:24022a:foo::x:y",
  "2:8:240229:foo::x:y",
].concat(["1:8:240229:foo::x:", "1:-8:240229:foo::x:y", "1:8:2402291:foo::x:y", "x", "1"]);

/** Options in groups that stay together, shuffled where their order means nothing. */
export function makeCheck(random: Random): Case {
  const family = random.pick(FAMILIES);
  const informs = random.chance(0.25);
  const rules = makeRules(random, family);
  const groups: string[][] = rules.groups;
  const globals = makeGlobals(random, informs, rules.count > 1);
  for (const group of globals.groups) insert(random, groups, group);
  const stamps = makeStamps(random, family.resources, rules.priced, globals.single);
  const byMail = random.chance(0.2);
  let input = "";
  if (byMail) {
    insert(random, groups, random.chance(0.3) ? ["-X", "-i"] : ["-X"]);
    input = toMail(random, stamps.texts, groups.flat().includes("-i"));
  } else if (random.chance(0.3)) input = stamps.texts.map((text) => `${text}\n`).join("");
  else for (const text of stamps.texts) insert(random, groups, [text]);
  return {
    kind: informs ? "inform" : "check",
    args: render(random, groups),
    input,
    again: globals.database,
    tampered: stamps.tampered,
  };
}

function makeRules(random: Random, family: (typeof FAMILIES)[number]) {
  const groups: string[][] = [];
  const count = random.pick([0, 1, 1, 1, 2, 3]);
  const priced = random.chance(0.85);
  for (let i = 0; i < Math.max(1, count); i++) {
    const settings: string[][] = [];
    if (priced && (i === 0 || random.chance(0.5))) {
      settings.push(["-b", random.pick(["1", "4", "6", "8", "-16", "-14", "+0", "default"])]);
    }
    if (random.chance(0.2)) settings.push(["-e", random.pick(PERIODS)]);
    if (random.chance(0.2)) settings.push(["-g", random.pick(GRACES)]);
    const kind = random.pick(["", "", "-M", "-S", "-E"]);
    // After another kind it must be said what holds from here on.
    const match = kind === "" && i > 0 ? "-M" : kind;
    if (count > 0 && match !== "") settings.push([match]);
    if (count > 0 && random.chance(0.15)) settings.push(["-C"]);
    if (count > 0) {
      const texts = { "-E": PATTERNS, "-S": family.resources }[match] ?? [
        ...family.resources,
        ...family.wildcards,
      ];
      // Together: hashcash(1) takes an argument between the two for what -o is about.
      const override = i > 0 && random.chance(0.4) ? ["-o"] : [];
      settings.push([...override, "-r", random.pick(texts)]);
    }
    groups.push(...settings);
  }
  return { groups, priced, count };
}

function makeGlobals(random: Random, informs: boolean, several: boolean) {
  const groups: string[][] = [];
  const database = random.chance(0.12);
  // hashcash(1) takes a stamp's date for a reason against it if several are asked about without -c.
  if (several || random.chance(0.85)) groups.push(["-c"]);
  if (database) groups.push(["-d"], ["-f", "{db}"]);
  else if (groups.length === 0 && !informs) groups.push(["-c"]);
  groups.push(random.chance(0.8) ? ["-u", "-t", random.pick(CLOCKS)] : ["-t", random.pick(CLOCKS)]);
  if (random.chance(0.2)) groups.push(["-y"]);
  if (random.chance(0.2)) groups.push(["-q"]);
  if (random.chance(0.05)) groups.push(["-O", "1"]);
  const asked = informs ? random.pick(["-n", "-nw", "-l", "-nl", "-nwl", "-w"]) : "";
  if (informs) groups.push([asked]);
  return { groups, database, single: asked === "-w" };
}

function makeStamps(
  random: Random,
  resources: readonly string[],
  priced: boolean,
  single: boolean,
) {
  const texts: string[] = [];
  let tampered = false;
  const count = single ? 1 : random.pick([1, 1, 1, 2, 3]);
  for (let i = 0; i < count; i++) {
    const resource = random.pick(resources);
    const bits = random.pick([0, 1, 4, 6, 7, 8, 9]);
    const rand = random.below(1e9).toString(36);
    const ext = random.pick(["", "", "", "name=value", "a=1,2;flag"]);
    if (random.chance(0.15)) texts.push(random.pick(GARBAGE));
    else if (priced && random.chance(0.2)) {
      const stamp = bruteStamp({ bits, date: random.pick(GOOD_DATES), resource, rand, ext });
      texts.push(stamp.replace(/^1:\d+/, `1:${bits + 20}`));
      tampered = true;
    } else texts.push(bruteStamp({ bits, date: random.pick(DATES), resource, rand, ext }));
  }
  return { texts, tampered };
}

function toMail(random: Random, stamps: readonly string[], inBody: boolean): string {
  const name = () => random.pick(["X-Hashcash: ", "Hashcash: ", "x-hashcash:", "HASHCASH: "]);
  const header = (stamp: string) => {
    const cut = 1 + random.below(stamp.length);
    // Folded before a blank a stamp is one no more.
    const text = random.chance(0.3) ? `${stamp.slice(0, cut)}\n\t${stamp.slice(cut)}` : stamp;
    return `${name()}${text}\n`;
  };
  const lines = stamps.map(header).join("");
  const end = random.chance(0.2) ? "\r\n" : "\n";
  const mail = inBody
    ? `From: a@example.org\nSubject: b\n\nHello\n${lines}bye\n`
    : `From: a@example.org\n${lines}Subject: b\n\nHello\nbye\n`;
  return mail.replaceAll("\n", end);
}
