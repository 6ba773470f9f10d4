import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isEmptyMessage } from "../../src/git/hook.ts";
import { addTrailer, MAX_COMMIT_STAMPS, MessageReader, readEdited } from "../../src/git/message.ts";
import { paysForOther } from "../../src/git/rewrite.ts";
import { mangled, often } from "../hostile.ts";

const STAMP = "1:8:240229:a/b/0123::x:y";
const OLD = "1:8:240229:a/b/4567::x:y";
const keepAll = () => false;
const stampsOf = (message: string) => readEdited(message).stamps;

test("a trailer goes into the last paragraph if that consists of trailers, and is no subject", () => {
  const cases: [string, string][] = [
    ["one\n", `one\n\nHashcash: ${STAMP}\n`],
    ["one", `one\n\nHashcash: ${STAMP}\n`],
    ["fix: one\n", `fix: one\n\nHashcash: ${STAMP}\n`],
    ["one\n\nmore\n\n\n", `one\n\nmore\n\nHashcash: ${STAMP}\n\n\n`],
    ["one\n\nA: b\n c\nD-e: f\n", `one\n\nA: b\n c\nD-e: f\nHashcash: ${STAMP}\n`],
    ["one\n\nA: b\nmore\n", `one\n\nA: b\nmore\n\nHashcash: ${STAMP}\n`],
    // In a finished message nothing is a comment.
    ["#7 repair\n", `#7 repair\n\nHashcash: ${STAMP}\n`],
    ["one\n\n# Heading\n", `one\n\n# Heading\n\nHashcash: ${STAMP}\n`],
    ["one\n\nA: b\n# c\n", `one\n\nA: b\n# c\n\nHashcash: ${STAMP}\n`],
    ["one\n# - >8 -\nx\n", `one\n# - >8 -\nx\n\nHashcash: ${STAMP}\n`],
  ];
  for (const [message, expected] of cases) {
    assert.equal(addTrailer(message, STAMP, keepAll, false), expected);
  }
});

test("in a message that git has yet to clean up the trailer is kept whatever git takes out", () => {
  const cases: [string, string][] = [
    ["#7 repair\n", `#7 repair\n\nHashcash: ${STAMP}\n`],
    // Text or comment: after both it is at the end.
    ["one\n\n# comment\n", `one\n\n# comment\n\nHashcash: ${STAMP}\n`],
    ["one\n\nA: b\n# comment\n", `one\n\nA: b\nHashcash: ${STAMP}\n# comment\n`],
    ["one\n# - >8 -\r\r\nx\n", `one\n\nHashcash: ${STAMP}\n# - >8 -\r\r\nx\n`],
    ["one\n; - >8 -\nx\n", `one\n\nHashcash: ${STAMP}\n; - >8 -\nx\n`],
    ["one\n%% -- >8 --\nx\n", `one\n\nHashcash: ${STAMP}\n%% -- >8 --\nx\n`],
  ];
  for (const [message, expected] of cases) {
    assert.equal(addTrailer(message, STAMP, keepAll, true), expected);
  }
  assert.ok(isEmptyMessage("; a\n\n; - >8 -\ndiff\n", [";"]));
  assert.ok(!isEmptyMessage("# a\n", [";"]));
  assert.ok(!isEmptyMessage("# a\n", []));
});

test("stamps for other changes of the repository go, all else stays", () => {
  const others = ["1:8:240229:b/a/4567::x:y", "no stamp", "0:240229:a/b/4567:x"];
  const message = ["one", "", "Hashcash: 1:8:240229:a/b/", `\t${OLD.slice(16)}`]
    .concat(others.map((other) => `Hashcash: ${other}`))
    .join("\n");
  const cleaned = addTrailer(message, STAMP, paysForOther("a/b", ["a/b/0123"]), true);
  assert.deepEqual(stampsOf(cleaned), [...others, STAMP]);
  assert.deepEqual(stampsOf(addTrailer(cleaned, null, paysForOther("a/b", []), true)), others);
});

test("all of a stored message counts, comments and what is below scissors too", () => {
  const scissors = `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`;
  const stored = new Set(
    ["a", "a\n# b", `a\n${scissors}`, `a\n${scissors}\nb`].map((m) => digestOf(m, false)),
  );
  assert.equal(stored.size, 4);
  assert.equal(digestOf(`a\n\n# b\n${scissors}\nc`, true), digestOf("a", false));
});

function digestOf(message: string, edited: boolean): string | null {
  const reader = new MessageReader(edited);
  for (const line of message.split("\n")) reader.take(line);
  return reader.end();
}

test("hostile: whatever the message is, the stamp is found in it again, and it is the same otherwise", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "\n",
      "\n\n",
      "\n ",
      "#",
      "# comment\n",
      "text",
      "A: b\n",
      `Hashcash: ${OLD}\n`,
    ),
    fc.constantFrom("\r\n", " \n", "\t", "Hashcash:", "hashcash: x\n y\n", "x".repeat(9000)),
    mangled([`one\n\nX-Hashcash: ${OLD}\n`, `one\n# ${"-".repeat(24)} >8 ${"-".repeat(24)}\nx\n`]),
  );
  const message = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(message, (text) => {
      const stamped = addTrailer(text, STAMP, keepAll, true);
      const before = stampsOf(text);
      assert.deepEqual(stampsOf(stamped), [...before, STAMP]);
      assert.ok(before.length < MAX_COMMIT_STAMPS);
      for (const edited of [false, true]) {
        assert.equal(digestOf(stamped, edited), digestOf(text, edited));
      }
      assert.deepEqual(
        stampsOf(addTrailer(stamped, null, (stamp) => stamp === STAMP, true)),
        before,
      );
    }),
    often(1000),
  );
});
