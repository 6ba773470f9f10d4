import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scanStamps } from "../../src/sources/scan.ts";
import type { StampLine } from "../../src/sources/stamp-lines.ts";
import { MAX_STAMP_LENGTH } from "../../src/stamp/stamp.ts";
import { mangled, often } from "../hostile.ts";
import { pieces } from "./pieces.ts";

const STAMP = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";

async function scan(text: string, size?: number): Promise<StampLine[]> {
  const found: StampLine[] = [];
  for await (const some of scanStamps(pieces(text, size))) found.push(...some);
  return found;
}

test("both names in any case, wherever a line begins, with the number of that line", async () => {
  for (const end of ["\n", "\r\n"]) {
    const text = [
      `Hashcash: ${STAMP}`,
      "",
      "This closes #1.",
      `X-HASHCASH:${STAMP}2 \t`,
      `see Hashcash: ${STAMP}3`,
      `> Hashcash: ${STAMP}4`,
      `hashcash : ${STAMP}5`,
      "x-hashcash:",
      `\t${STAMP}6`,
      "",
      `hashCASH: ${STAMP}7`,
    ].join(end);
    assert.deepEqual(await scan(text), [
      { stamp: STAMP, line: 1 },
      { stamp: `${STAMP}2`, line: 4 },
      { stamp: `${STAMP}6`, line: 8 },
      { stamp: `${STAMP}7`, line: 11 },
    ]);
  }
});

test("folded stamps are joined; an empty line ends one", async () => {
  const [cut, rest] = [STAMP.slice(0, 20), STAMP.slice(20)];
  assert.deepEqual(await scan(`Hashcash: ${cut}\n  ${rest}\n\n x\n`), [{ stamp: STAMP, line: 1 }]);
  assert.deepEqual(await scan(`Hashcash: ${cut}\n\n ${rest}`), [{ stamp: cut, line: 1 }]);
  assert.deepEqual(await scan(` ${STAMP}\nHashcash:`), [{ stamp: "", line: 2 }]);
  assert.deepEqual(await scan(""), []);
});

/** A plain second reading: cut into lines, then join what is folded. */
function readPlainly(text: string): StampLine[] {
  const found: StampLine[] = [];
  let open = false;
  for (const [i, line] of text.split("\n").entries()) {
    const content = line.endsWith("\r") ? line.slice(0, -1) : line;
    const begun = /^(x-)?hashcash:(.*)$/is.exec(content);
    const last = found.at(-1);
    if (begun) found.push({ stamp: strip(begun[2] ?? ""), line: i + 1 });
    else if (open && last && /^[ \t]/.test(content)) {
      found[found.length - 1] = { ...last, stamp: last.stamp + strip(content) };
    }
    open = begun !== null || (open && /^[ \t]/.test(content));
  }
  return found;
}

const strip = (text: string) => text.replace(/^[ \t]+/, "").replace(/(?<![ \t])[ \t]+$/, "");

test("hostile: any text, in pieces of any size, has the stamps of a plain second reading", async () => {
  const part = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("X-Hashcash:", "hashcash: ", "text", STAMP) },
    { weight: 8, arbitrary: fc.constantFrom("\n", "\r\n", "\n\n", "\n ", "\n\t", "\r", " ", "\0") },
    { weight: 4, arbitrary: mangled([STAMP, `X-HASHCASH: ${STAMP}\n`, "a\n\nhashcash: b\n c\n"]) },
    { weight: 1, arbitrary: fc.constantFrom("x".repeat(4090), "\n y".repeat(2000)) },
  );
  const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(""));
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 90 }), async (given, size) => {
      const expected = readPlainly(Buffer.from(given, "latin1").toString("latin1"));
      const found = await scan(given, size);
      assert.deepEqual(
        found.map(({ line }) => line),
        expected.map(({ line }) => line),
      );
      for (const [i, { stamp }] of expected.entries()) {
        seen++;
        const taken = found[i]?.stamp ?? "";
        if (stamp.length > MAX_STAMP_LENGTH) assert.ok(taken.length > MAX_STAMP_LENGTH);
        else if (taken.length <= MAX_STAMP_LENGTH) assert.equal(taken, stamp);
      }
    }),
    often(300),
  );
  assert.ok(seen > 100);
});

test("blanks by the thousand take linear time", async () => {
  const line = `Hashcash: ${" x".repeat(3)}${" ".repeat(8000)}x\n`;
  const started = performance.now();
  assert.equal((await scan(line.repeat(120), 65_536)).length, 120);
  assert.ok(performance.now() - started < 2000);
});
