import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { leadingZeroBits, stampDigest } from "../../src/engine/algorithms.ts";
import { parseStamp } from "../../src/stamp/stamp.ts";
import { runCli } from "../cli.ts";
import { sized } from "../share.ts";
import { type ParserVector, readVectors } from "../vectors.ts";
import { makeMint, makeUsage } from "./hashcash-cases.ts";
import { makeCheck } from "./hashcash-checks.ts";
import { type Case, Random, WITH_VALUE } from "./hashcash-line.ts";
import { ODDITIES, SHOWN_ELSEWHERE } from "./hashcash-oddities.ts";
import { noOriginal, runOriginal, runOurs, type Side, TIME_ZONE } from "./hashcash-sides.ts";
import { makeSoup } from "./hashcash-soup.ts";

// stampmill hashcash beside hashcash(1): whatever the two do differently must be one of the differences
// that docs/hashcash.md lists, by its number.

const { STAMPMILL_SEED: given } = process.env;
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
const CASES = sized({ quick: 1500, gate: 4000, soak: 12_000 });
const SOUPS = sized({ quick: 400, gate: 1200, soak: 4000 });
const WHOLE = sized({ quick: 12, gate: 60, soak: 300 });

const folder = mkdtempSync(join(tmpdir(), "stampmill-hashcash-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = readFileSync(new URL("../../docs/hashcash.md", import.meta.url), "utf8");
const LISTED = [...text.matchAll(/^\*\*(D\d+)\*\*/gm)].map(([, id = ""]) => id);

/** How often something was seen, so that a test which compares nothing fails. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  toString(): string {
    return [...this.#counts].map(([name, count]) => `${name}: ${count}`).join(", ");
  }
}

let files = 0;

/** Runs both, each with a file of its own for {db}. */
async function runBoth(args: readonly string[], input: string, again: boolean) {
  const number = files++;
  const named = (side: string) =>
    args.map((arg) => arg.replace("{db}", join(folder, `${side}-${number}.sdb`)));
  const turns: { ours: Side; theirs: Side }[] = [];
  for (let turn = 0; turn < (again ? 2 : 1); turn++) {
    const theirs = runOriginal(named("theirs"), input, folder);
    turns.push({ theirs, ours: await runOurs(named("ours"), input) });
  }
  return turns;
}

/** The number of the difference between two sides; null if there is none. */
function differenceOf(one: Case, turn: number, ours: Side, theirs: Side): string | null {
  if (ours.code === theirs.code && ours.out === theirs.out) {
    if (ours.err === theirs.err) return null;
    // Errors have words of their own.
    if (one.kind === "usage") return ours.code === 3 ? null : "?";
    // What is told of a stamp that is both late and short of work, and of the rules after that.
    const told = /^(?:skipped|no match): (?:stamp (?!invalid)|wrong|overridden).*\n/gm;
    const rest = (side: Side) => side.err.replace(told, "");
    if (one.tampered && rest(ours) === rest(theirs)) return "D11";
  }
  const nothing = ours.code === 1 && ours.out === "" && theirs.code === 0;
  // The second time, what was told of and accepted is spent.
  if (one.kind === "inform" && nothing && (theirs.out === "" || turn > 0)) return "D17";
  return "?";
}

/** Stamps that were minted on both sides: the same but for what is random, as long, and as good. */
function assertMintedAlike({ args }: Case, ours: Side, theirs: Side, label: string): void {
  // A second may have passed between the two.
  const byClock = !/-\w*t ?\d/.test(args.join(" "));
  const date = (line: string) => (byClock ? line.replace(/:(?:\d\d)+:/, ":date:") : line);
  const unfolded = (side: Side) => side.out.replaceAll("\n\t", "").split("\n");
  // As short as do with -Z1 and -Z2, which is not the same for two random fields.
  const short = /-\w*Z ?[12]/.test(args.join(" "));
  const heads = (side: Side) =>
    unfolded(side).map((line) =>
      date(
        line.replace(
          /:[A-Za-z0-9+/]{16}:([A-Za-z0-9+/]+)$/,
          (_, counter: string) => `:${short ? "" : counter.length}`,
        ),
      ),
    );
  assert.deepEqual(heads(ours), heads(theirs), label);
  assert.deepEqual([ours.code, ours.err], [theirs.code, theirs.err], label);
  for (const line of unfolded(ours).filter((line) => line !== "")) {
    const stamp = parseStamp(line.replace(/^X-Hashcash: /, ""));
    assert.ok(stamp.version === 1, label);
    assert.ok(leadingZeroBits(stampDigest(stamp.text, "sha1")) >= stamp.bits, label);
  }
}

/** The options in the words of a command line, and nothing of their values. */
function optionsOf(args: readonly string[]): string[] {
  const found: string[] = [];
  for (const arg of args) {
    for (const [letter] of /^-[A-Za-z]/.test(arg) ? arg.slice(1).matchAll(/[A-Za-z]/g) : []) {
      found.push(`-${letter}`);
      if (WITH_VALUE.has(`-${letter}`)) break;
    }
  }
  return found;
}

const shown = (one: Pick<Case, "args" | "input">, ours: Side, theirs: Side) =>
  `seed ${seed}\n${JSON.stringify(one.args)}\ninput ${JSON.stringify(one.input)}\n` +
  `hashcash(1) ${JSON.stringify(theirs)}\nours        ${JSON.stringify(ours)}`;

describe(`beside hashcash(1), seed ${seed}`, { skip: noOriginal }, () => {
  it("the list of differences is numbered, and every number is shown somewhere", () => {
    assert.deepEqual(
      LISTED,
      Array.from(LISTED, (_, i) => `D${i + 1}`),
    );
    const shownIds = new Set([...ODDITIES.map(({ id }) => id), ...SHOWN_ELSEWHERE]);
    assert.deepEqual([...shownIds].sort(), [...LISTED].sort());
  });

  it(`${CASES} command lines: the same codes and the same output, or a listed difference`, async (t) => {
    const random = new Random(seed);
    const tally = new Tally();
    for (let i = 0; i < CASES; i++) {
      const make = random.pick([makeCheck, makeCheck, makeCheck, makeMint, makeUsage]);
      const one = make(random);
      const turns = await runBoth(one.args, one.input, one.again);
      for (const [turn, { ours, theirs }] of turns.entries()) {
        if (one.kind === "mint") assertMintedAlike(one, ours, theirs, shown(one, ours, theirs));
        else {
          const id = differenceOf(one, turn, ours, theirs);
          assert.ok(id === null || LISTED.includes(id), shown(one, ours, theirs));
          if (id !== null) tally.add(id);
        }
        tally.add(`${one.kind} ${theirs.code}`);
        if (/spent stamp/.test(ours.err)) tally.add("spent");
      }
      for (const option of optionsOf(one.args)) tally.add(option);
    }
    t.diagnostic(`${tally}`);
    const least = (name: string, share: number) =>
      assert.ok(tally.of(name) >= CASES * share, `${name}: only ${tally.of(name)}`);
    for (const [name, share] of [
      ["check 0", 0.01],
      ["check 1", 0.2],
      ["check 2", 0.03],
      ["inform 2", 0.06],
      ["mint 0", 0.1],
      ["usage 3", 0.08],
      ["spent", 0.002],
    ] as const) {
      least(name, share);
    }
    for (const letter of "mcbrdfegtuxXnlwyqoESMCZzpaOi") least(`-${letter}`, 0.003);
  });

  it(`${WHOLE} command lines through the command itself`, async () => {
    const random = new Random(seed + 2);
    for (let i = 0; i < WHOLE; ) {
      const one = makeCheck(random);
      // What comes next is shown above.
      if (one.again || one.tampered) continue;
      i++;
      const { code, stdout, stderr } = await runCli(["hashcash", ...one.args], one.input, {
        TZ: TIME_ZONE,
      });
      const ours = { code: code ?? "?", out: stdout, err: stderr };
      const theirs = runOriginal(one.args, one.input, folder);
      const id = differenceOf(one, 0, ours, theirs);
      assert.ok(id === null || LISTED.includes(id), shown(one, ours, theirs));
    }
  });

  for (const [i, oddity] of ODDITIES.entries()) {
    it(`${oddity.id} ${i}: ${oddity.args.join(" ").slice(0, 80)}`, async () => {
      const { args, input = "", id } = oddity;
      // The bytes of arguments come as UTF-8.
      const [turn] = await runBoth(args, input, false);
      const { ours, theirs } = turn as { ours: Side; theirs: Side };
      const label = shown({ args, input }, ours, theirs);
      assert.equal(theirs.code, oddity.theirs, label);
      assert.equal(ours.code, oddity.ours, label);
      if (oddity.out) assert.match(ours.out, oddity.out, label);
      if (oddity.err) assert.match(ours.err, oddity.err, label);
      assert.notDeepEqual(ours, theirs, `${id} is no difference\n${label}`);
    });
  }

  it("takes no stamp that its parser refuses, and refuses as D7 and D8 say", async () => {
    const vectors = readVectors<ParserVector>("hashcash-parser-1.22");
    const agreed = new Set<number>();
    for (const { stamp, rc } of vectors) {
      const args = ["-u", "-t", "240110", "-cy", "-b8", "-r", "foo", stamp];
      const ours = await runOurs(args, "");
      const theirs = runOriginal(args, "", folder);
      assert.equal(theirs.code, rc, stamp);
      if (ours.code === rc) agreed.add(rc);
      else assert.match(ours.err, /^skipped: (?:stamp invalid|unsupported version)\n/, stamp);
      assert.ok(rc === 0 || ours.code === 1, stamp);
    }
    assert.deepEqual([...agreed].sort(), [0, 1]);
  });

  it(`${SOUPS} command lines of anything: accepts nothing that hashcash(1) refuses`, async (t) => {
    const random = new Random(seed + 1);
    const tally = new Tally();
    for (let i = 0; i < SOUPS; i++) {
      const { args, input } = makeSoup(random);
      for (const { ours, theirs } of await runBoth(args, input, false)) {
        const label = shown({ args, input }, ours, theirs);
        tally.add(`${theirs.code} ${ours.code}`);
        assert.ok([0, 1, 2, 3].includes(Number(ours.code)), label);
        const accepted = /^matched stamp: /m.test(ours.err);
        // It may have died of what we read.
        const refuses = theirs.code === 1 || (theirs.code === 3 && !accepted);
        assert.ok(ours.code !== 0 || !refuses, label);
        if (theirs.code === 3) assert.notEqual(ours.code, 0, label);
      }
    }
    t.diagnostic(`${tally}`);
  });
});
