import { CLOCKS, FAMILIES } from "./hashcash-checks.ts";
import { type Case, insert, type Random, render, WITH_VALUE } from "./hashcash-line.ts";

/** Minting, of few bits. */
export function makeMint(random: Random): Case {
  const groups: string[][] = [["-m"], ["-b", random.pick(["0", "1", "5", "9", "-12", "-18"])]];
  if (random.chance(0.9))
    insert(random, groups, ["-u", "-t", random.pick([...CLOCKS, "+3d", "-1w"])]);
  // On standard input hashcash(1) sees neither -C nor what -e means for the date.
  const byLine = random.chance(0.25);
  if (random.chance(0.3)) groups.push(["-z", random.pick(["6", "10", "12"])]);
  else if (!byLine && random.chance(0.4))
    groups.push(["-e", random.pick(["0", "90", "119s", "2m", "90m", "2h", "28d"])]);
  if (random.chance(0.3)) insert(random, groups, ["-x", random.pick(["a=1,2;b", "n=v", "flag"])]);
  if (random.chance(0.2)) insert(random, groups, ["-X"]);
  if (random.chance(0.2)) insert(random, groups, ["-q"]);
  if (random.chance(0.2)) insert(random, groups, ["-Z", random.pick(["0", "1", "2"])]);
  if (random.chance(0.1)) insert(random, groups, ["-g", "1d"]);
  if (random.chance(0.2)) insert(random, groups, ["-a", "0"]);
  const resources = FAMILIES.flatMap((family) => family.resources);
  if (!byLine && random.chance(0.2)) groups.push(["-C"]);
  let input = "";
  for (let i = random.below(4); i >= 0; i--) {
    const resource = random.pick(resources);
    if (byLine) input += random.pick([`${resource}\n`, `${resource} \n`, `\n${resource}\n`]);
    else {
      if (random.chance(0.2)) groups.push(["-b", random.pick(["2", "7"])]);
      groups.push(random.chance(0.5) ? ["-r", resource] : [resource]);
    }
  }
  return { kind: "mint", args: render(random, groups), input, again: false, tampered: false };
}

const WRONG: readonly string[][] = [
  ["-b", "161"],
  ["-b", "999"],
  ["-z", "8"],
  ["-z", "x"],
  ["-e", "x"],
  ["-e", "-5"],
  ["-e", "1q"],
  ["-e", ""],
  ["-g", "-5"],
  ["-g", "x"],
  ["-t", "240"],
  ["-t", "x"],
  ["-t", ""],
  ["-t", "2403010"],
  ["-a", "x"],
  ["-p", "x"],
  ["-p", "now", "-p", "1d", "-f", "{db}"],
  ["-O", "77"],
  ["-W"],
  ["-h"],
  ["--help"],
  ["-mw"],
  ["-mc"],
  ["-b"],
  ["-r"],
  ["-Ec", "-r", "(a", "1:0:240229:x:::0"],
  ["-Ec", "-r", "[a", "1:0:240229:x:::0"],
  ["-d", "-f", "/nonexistent/x.sdb", "1:0:240229:x:::0"],
  ["-p", "now", "-f", "/nonexistent/x.sdb"],
];

/** What neither side does. */
export function makeUsage(random: Random): Case {
  const before = random.pick([[], ["-q"], ["-u"], ["-y"], ["-C"], ["-X"]]);
  const wrong = random.pick(WRONG);
  // A value that is missing must be missing at the end.
  const needsEnd = wrong.length === 1 && WITH_VALUE.has(wrong[0] ?? "");
  const mode = random.pick([["-m"], ["-m", "foo"]]);
  const check = wrong.some((word) => /^-(?:\w*c|d)/.test(word));
  const around = check || needsEnd ? [...before, ...wrong] : [...before, ...mode, ...wrong];
  const args = random.chance(0.1)
    ? random.pick([[], ["foo"], ["-q"], ["-k"], ["-v", "x"]])
    : around;
  return { kind: "usage", args, input: "", again: false, tampered: false };
}
