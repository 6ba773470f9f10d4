import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_MAIL_HEADER, MAX_MAIL_STAMPS, readMailStamps } from "../../src/sources/mail.ts";
import { MAX_STAMP_LENGTH } from "../../src/stamp/stamp.ts";
import { verify } from "../../src/stamp/verify.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { readLines } from "../../src/text/lines.ts";
import { mangled, often } from "../hostile.ts";
import { pieces } from "./pieces.ts";

const STAMP = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";

async function stampsOf(mail: string, size?: number): Promise<string[]> {
  const stamps: string[] = [];
  for await (const stamp of readMailStamps(pieces(mail, size))) stamps.push(stamp);
  return stamps;
}

async function linesOf(text: string, size: number, longest: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of readLines(pieces(text, size), longest)) lines.push(...some);
  return lines;
}

const judge = (stamp: string) =>
  verify(stamp, { bits: 20, resources: ["foo@bar.example"], now: Date.UTC(2024, 2, 1) }).reason;

test("both header names in any case, with LF and CRLF, blank or none after the colon", async () => {
  for (const end of ["\n", "\r\n"]) {
    const mail = [
      "From: a",
      `X-Hashcash: ${STAMP}`,
      "X-HASHCASH-ish: no",
      `hashCASH:${STAMP}1`,
      `Not-X-Hashcash: ${STAMP}2`,
      `x-hashcash:\t ${STAMP}3 \t`,
      `X-Hashcash : ${STAMP}4`,
      "",
      "body",
    ].join(end);
    assert.deepEqual(await stampsOf(mail), [STAMP, `${STAMP}1`, `${STAMP}3`]);
  }
});

test("folded headers are joined, whatever blanks are at the folds", async () => {
  const folded =
    "X-Hashcash: 1:20:240229:foo@bar. \r\n \t  example::/BcaGh1\r\n\tEytHfOCSS:002w/H\r\n";
  assert.deepEqual(await stampsOf(`${folded}To: b\r\n c\r\n\r\n`), [STAMP]);
  assert.deepEqual(await stampsOf(`X-Hashcash:\n ${STAMP}\n\n`), [STAMP]);
  assert.deepEqual(await stampsOf(`To: x\n X-Hashcash: ${STAMP}\n\n`), []);
  assert.deepEqual(await stampsOf(` X-Hashcash: ${STAMP}\n\n`), []);
});

test("the body is not searched, nor a mail without headers", async () => {
  assert.deepEqual(await stampsOf(`To: b\n\nX-Hashcash: ${STAMP}\n`), []);
  assert.deepEqual(await stampsOf(`\nX-Hashcash: ${STAMP}\n`), []);
  assert.deepEqual(await stampsOf(""), []);
});

test("a mail that ends within its headers still has its stamps", async () => {
  assert.deepEqual(await stampsOf(`X-Hashcash: ${STAMP}`), [STAMP]);
  assert.deepEqual(await stampsOf(`X-Hashcash: ${STAMP.slice(0, 9)}\n ${STAMP.slice(9)}`), [STAMP]);
  assert.deepEqual(await stampsOf("X-Hashcash:"), [""]);
});

test("blanks within a stamp stay, and spoil it; so do NUL and bytes above ASCII", async () => {
  const spoilt = [
    "1:20:240229:foo @bar.example::/BcaGh1EytHfOCSS:002w/H",
    `${STAMP}\0x`,
    `${STAMP}\xa0`,
  ];
  for (const stamp of spoilt) {
    const [found] = await stampsOf(`X-Hashcash: ${stamp}\n\n`);
    assert.equal(found, stamp);
    assert.equal(judge(found), "malformed");
  }
  assert.equal(judge((await stampsOf(`X-Hashcash: ${STAMP}\n\n`))[0] ?? ""), null);
});

test("a header too long to be a stamp is malformed, however the excess is folded", async () => {
  const blanks = " ".repeat(20_000);
  const mails = [
    `X-Hashcash: ${"a".repeat(1_000_000)}\n\n`,
    `X-Hashcash: ${STAMP}${"\n a".repeat(30_000)}\n\n`,
    // What is cut off must not go unseen: here it would have spoilt the stamp.
    `X-Hashcash:${blanks}junk\n ${STAMP}\n\n`,
    `X-Hashcash: ${STAMP}\n${blanks}junk\n\n`,
  ];
  for (const mail of mails) {
    const stamps = await stampsOf(mail, 65_536);
    assert.equal(stamps.length, 1);
    assert.ok((stamps[0]?.length ?? 0) < 9000);
    assert.equal(judge(stamps[0] ?? ""), "malformed");
  }
});

test("the header section and the number of stamps are limited, the body is not", async () => {
  const header = "X-Other: y\n".repeat(MAX_MAIL_HEADER / 11);
  await assert.rejects(stampsOf(`${header}${header}\n`, 65_536), {
    code: "bad-input",
    parameter: "mail",
    message: /1 MiB/,
  });
  const body = "y\n".repeat(MAX_MAIL_HEADER);
  assert.deepEqual(await stampsOf(`X-Hashcash: ${STAMP}\n\n${body}`, 65_536), [STAMP]);
  const many = `Hashcash: ${STAMP}\n`.repeat(MAX_MAIL_STAMPS);
  assert.equal((await stampsOf(many, 65_536)).length, MAX_MAIL_STAMPS);
  await assert.rejects(stampsOf(`${many}Hashcash:x\n`, 65_536), { message: /more than 1000/ });
});

test("blanks by the thousand take linear time", async () => {
  const line = `X-Hashcash: ${"x ".repeat(3)}${" ".repeat(8000)}x\n`;
  const started = performance.now();
  assert.equal((await stampsOf(line.repeat(120), 65_536)).length, 120);
  assert.ok(performance.now() - started < 2000);
});

/** What the headers of a mail hold, found by unfolding it as a whole. */
function unfolded(mail: string): { size: number; stamps: string[] } {
  const lines = mail.split("\n").map((line) => line.replace(/\r$/, ""));
  const end = lines.indexOf("");
  const section = (end < 0 ? lines : lines.slice(0, end)).join("\n");
  const stamps: string[] = [];
  for (const header of section.split(/\n(?![ \t])/)) {
    const value = /^(?:x-)?hashcash:(.*)$/is.exec(header)?.[1];
    if (value === undefined) continue;
    stamps.push(value.split("\n").map(withoutBlanks).join(""));
  }
  return { size: section.length, stamps };
}

const withoutBlanks = (text: string) =>
  text.replace(/^[ \t]+/, "").replace(/(?<![ \t])[ \t]+$/, "");

test("hostile: any mail, in pieces of any size, has the stamps that unfolding it as a whole has", async () => {
  const part = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("X-Hashcash:", "hashcash: ", "To: b", STAMP) },
    { weight: 8, arbitrary: fc.constantFrom("\n", "\r\n", "\n ", "\n\t", "\r", " ", "\0", ":") },
    { weight: 4, arbitrary: mangled([STAMP, `X-HASHCASH: ${STAMP}\n`, "a: b\n c: d\n"]) },
    { weight: 1, arbitrary: fc.constantFrom("\n\n", "x".repeat(4090), "\n y".repeat(2000)) },
  );
  const flood = fc
    .tuple(
      fc.constantFrom(0, 1, MAX_MAIL_STAMPS - 1, MAX_MAIL_STAMPS, MAX_MAIL_STAMPS + 1),
      fc.constantFrom(0, 1000, 1048, 1049, 1100),
      fc.constantFrom("", "\n", STAMP),
    )
    .map(([stamps, long, rest]) =>
      [
        "Hashcash: 1\n".repeat(stamps),
        "X: ".padEnd(1000, "y").concat("\n").repeat(long),
        rest,
      ].join(""),
    );
  const mail = fc.oneof(
    { weight: 20, arbitrary: fc.array(part, { maxLength: 40 }).map((parts) => parts.join("")) },
    { weight: 2, arbitrary: flood },
  );
  const ends = { read: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mail, fc.integer({ min: 1, max: 90 }), async (text, size) => {
      const expected = unfolded(Buffer.from(text, "latin1").toString("latin1"));
      const piece = text.length > 100_000 ? 1000 * size : size;
      try {
        const found = await stampsOf(text, piece);
        ends.read++;
        assert.ok(expected.size <= MAX_MAIL_HEADER + piece && found.length <= MAX_MAIL_STAMPS);
        assert.equal(found.length, expected.stamps.length);
        for (const [i, stamp] of expected.stamps.entries()) {
          if (stamp.length > MAX_STAMP_LENGTH)
            assert.ok((found[i]?.length ?? 0) > MAX_STAMP_LENGTH);
          else if ((found[i]?.length ?? 0) <= MAX_STAMP_LENGTH) assert.equal(found[i], stamp);
        }
      } catch (error) {
        if (!(error instanceof StampmillError) || error.code !== "bad-input") throw error;
        ends.refused++;
        assert.ok(expected.stamps.length > MAX_MAIL_STAMPS || expected.size + 2 > MAX_MAIL_HEADER);
      }
    }),
    often(300),
  );
  assert.ok(ends.read > 100 && ends.refused > 0, JSON.stringify(ends));
});

test("property: lines are those of split, long ones cut to one more than the longest", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "\0", "\xff"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 9 }),
      fc.nat(5),
      async (text, size, longest) => {
        const expected = text.split("\n").map((line) => line.replace(/\r$/, ""));
        if (text.endsWith("\n") || text === "") expected.pop();
        const cut = expected.map((line) => line.slice(0, longest + 1));
        assert.deepEqual(await linesOf(text, size, longest), cut);
      },
    ),
    { numRuns: 1000 },
  );
});
