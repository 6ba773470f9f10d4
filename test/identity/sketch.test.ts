import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { checkSketch } from "../../src/identity/sketch/check.ts";
import { estimateWork, fractionOf, lowerBound } from "../../src/identity/sketch/estimate.ts";
import { growSketch } from "../../src/identity/sketch/grow.ts";
import {
  digestOf,
  layRun,
  messageOf,
  NONCE_LENGTH,
  nonceOf,
} from "../../src/identity/sketch/message.ts";
import {
  emptySketch,
  mergeSketches,
  type Sketch,
  SketchBuilder,
} from "../../src/identity/sketch/sketch.ts";
import { type SketchSubject, sketchSubject } from "../../src/identity/sketch/subject.ts";
import { StampmillError } from "../../src/text/errors.ts";

const subjectOf = (id: string, size = 16) =>
  sketchSubject("identity", "sha256", size, [
    ["id", id],
    ["beacon", ""],
  ]);
const alice = subjectOf("alice@example.org");

/** The sketch of these many tries, made the plain way. */
function plainSketch(subject: SketchSubject, tries: number): Sketch {
  const builder = new SketchBuilder(emptySketch(subject));
  const run = layRun(subject);
  for (let i = 0; i < tries; i++) {
    const nonce = nonceOf(run.run, BigInt(i));
    builder.add({ nonce, digest: digestOf(subject, nonce), time: 1_700_000_000 + i });
  }
  return builder.sketch;
}

const bad = (parameter: string) => (error: unknown) =>
  error instanceof StampmillError && error.code === "bad-input" && error.parameter === parameter;

test("a message is 183 bytes, and its last block holds two digits and constants", () => {
  for (const id of ["x", "y".repeat(4096), "zoë"]) {
    const subject = subjectOf(id);
    const nonce = `${"A".repeat(16)}${"o".repeat(8)}ii`;
    const message = messageOf(subject, nonce);
    const expected = `${subject.head}:${"A".repeat(16)}${"0".repeat(18)}oooooooo${"0".repeat(53)}ii`;
    assert.equal(message, expected);
    assert.equal(Buffer.byteLength(message), 183);
    assert.match(subject.head, /^stampmill identity 1 [0-9a-f]{64}$/);
  }
  const run = layRun(alice);
  assert.equal(nonceOf(run.run, 2n ** 60n - 1n), `${run.run}${"/".repeat(10)}`);
  assert.equal(nonceOf(run.run, 0n).length, NONCE_LENGTH);
});

test("whatever is changed in a subject changes its messages", () => {
  const fields = [["id", "a"]] as const;
  const subjects = [
    sketchSubject("identity", "sha256", 64, fields),
    sketchSubject("bench", "sha256", 64, fields),
    sketchSubject("identity", "sha1", 64, fields),
    sketchSubject("identity", "sha256", 65, fields),
    sketchSubject("identity", "sha256", 64, [["id", "b"]]),
    sketchSubject("identity", "sha256", 64, [["di", "a"]]),
    sketchSubject("identity", "sha256", 64, []),
    sketchSubject("identity", "sha256", 64, [...fields, ["id", "a"]]),
    sketchSubject("identity", "sha256", 64, [["id", "a id a"]]),
  ];
  assert.equal(new Set(subjects.map(({ head }) => head)).size, subjects.length);
});

test("subjects that cannot be written down without doubt are refused", () => {
  for (const value of ["a\nid b", "a\0", "\ud800", "x".repeat(4097), "é".repeat(2049)]) {
    assert.throws(() => subjectOf(value), bad("id"));
  }
  for (const size of [15, 1025, 16.5, Number.NaN]) {
    assert.throws(() => subjectOf("a", size), bad("k"));
  }
  for (const name of ["", "a b", "A", "é", "x".repeat(33)]) {
    assert.throws(() => sketchSubject("bench", "sha1", 16, [[name, ""]]), bad("fields"));
  }
});

test("a fraction is precise wherever its first digit is", () => {
  assert.equal(fractionOf(`8${"0".repeat(63)}`), 0.5);
  assert.equal(fractionOf("f".repeat(40)), 1);
  for (let zeros = 0; zeros < 60; zeros++) {
    const digest = `${"0".repeat(zeros)}b504f333f9de6484597d89b3754abe9f`
      .padEnd(64, "0")
      .slice(0, 64);
    const exact = Number(BigInt(`0x${digest}`)) / 2 ** 256;
    assert.ok(Math.abs(fractionOf(digest) / exact - 1) < 1e-15 || zeros > 56, digest);
  }
  assert.equal(fractionOf("0".repeat(64)), 2 ** -256);
});

test("few hashes are counted; many are estimated", () => {
  const few = plainSketch(alice, 15);
  assert.equal(few.hashes.length, 15);
  assert.equal(estimateWork(few), 15);
  assert.equal(lowerBound(few), 15);
  const many = plainSketch(alice, 5000);
  assert.equal(many.hashes.length, 16);
  const last = fractionOf(many.hashes.at(-1)?.digest ?? "");
  assert.equal(estimateWork(many), 15 / last);
  // Half the 0.1 % quantile of chi-square with 32 degrees of freedom, 12.811.
  assert.ok(Math.abs(lowerBound(many) * last - 12.811 / 2) < 0.001);
  assert.ok(lowerBound(many, 0.9) > lowerBound(many, 0.999));
  for (const confidence of [0.4, 1, Number.NaN]) {
    assert.throws(() => lowerBound(many, confidence), bad("confidence"));
  }
});

test("a sketch that is changed is none", () => {
  const { hashes } = plainSketch(alice, 3000);
  const reasonOf = (list: readonly unknown[], subject = alice) => {
    const check = checkSketch(subject, list as Sketch["hashes"]);
    return check.status === "good" ? "good" : check.reason;
  };
  const [first, second, ...rest] = hashes as [Sketch["hashes"][0], Sketch["hashes"][0]];
  assert.equal(reasonOf(hashes), "good");
  assert.equal(reasonOf([first, first, ...rest]), "repeated");
  assert.equal(reasonOf([second, first, ...rest]), "order");
  assert.equal(reasonOf([...hashes, first]), "count");
  assert.equal(reasonOf([{ ...first, nonce: first.nonce.slice(1) }, second, ...rest]), "nonce");
  assert.equal(reasonOf([{ ...first, nonce: `${first.nonce.slice(1)}é` }]), "nonce");
  for (const time of [-1, 0.5, Number.NaN, 1e12, "1"]) {
    assert.equal(reasonOf([{ ...first, time }]), "nonce");
  }
  // Of another identity, algorithm or k, the digests are others.
  assert.equal(reasonOf(hashes, subjectOf("mallory@example.org")), "order");
  assert.equal(reasonOf(hashes, subjectOf("alice@example.org", 17)), "order");
  assert.equal(reasonOf(hashes, { ...alice, algorithm: "sha1" }), "order");
  // A digest that comes along is never believed.
  const claimed = hashes.map((hash) => ({ ...hash, nonce: randomBytes(13).toString("hex") }));
  assert.equal(reasonOf(claimed), "order");
});

test("merging is associative, commutative and idempotent", () => {
  const sketches = Array.from({ length: 12 }, (_, i) => plainSketch(alice, 1 + 7 * i * i));
  const some = fc.subarray(sketches, { minLength: 1 });
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      const [x, y, z] = [a, b, c].map((list) => mergeSketches(list)) as [Sketch, Sketch, Sketch];
      const all = mergeSketches([...a, ...b, ...c]);
      assert.deepEqual(mergeSketches([mergeSketches([x, y]), z]), all);
      assert.deepEqual(mergeSketches([x, mergeSketches([y, z])]), all);
      assert.deepEqual(mergeSketches([z, y, x]), all);
      assert.deepEqual(mergeSketches([all, all, x]), all);
    }),
  );
});

test("merging takes the earlier of two times, in any order", () => {
  const a = plainSketch(alice, 100);
  const later = { ...a, hashes: a.hashes.map((hash) => ({ ...hash, time: hash.time + 9 })) };
  assert.deepEqual(mergeSketches([later, a]), a);
  assert.deepEqual(mergeSketches([a, later]), a);
});

test("sketches of other subjects are not merged", () => {
  const a = plainSketch(alice, 20);
  const other = (subject: SketchSubject) => () => mergeSketches([a, plainSketch(subject, 20)]);
  assert.throws(other(subjectOf("bob@example.org")), /id \(alice@example.org, bob@example.org\)/);
  assert.throws(other(subjectOf("alice@example.org", 32)), /k \(16, 32\)/);
  assert.throws(() => mergeSketches([]), bad("sketches"));
});

test("growing adds to what is there, says what it did, and hands over every better sketch", async () => {
  let saved = emptySketch(alice);
  const onImproved = (sketch: Sketch) => {
    saved = sketch;
  };
  const first = await growSketch({ sketch: saved, until: 2 ** 20, onImproved });
  assert.equal(first.ending, "target");
  assert.deepEqual(first.sketch, saved);
  assert.equal(checkSketch(alice, first.sketch.hashes).status, "good");
  assert.ok(estimateWork(first.sketch) >= 2 ** 20);
  const more = await growSketch({ sketch: saved, duration: 50, onImproved });
  assert.equal(more.ending, "time");
  assert.ok(more.tries > 0 && more.seconds > 0 && more.rate > 0 && more.threads >= 1);
  assert.deepEqual(more.sketch, saved);
  assert.deepEqual(mergeSketches([first.sketch, more.sketch]), more.sketch);
  const again = await growSketch({ sketch: saved, until: 1 });
  assert.equal(again.ending, "target");
});

test("a clock that is far off makes no sketch that is refused", async (t) => {
  t.mock.method(Date, "now", () => -86_400_000);
  const { sketch } = await growSketch({ sketch: emptySketch(alice), until: 1 });
  assert.equal(checkSketch(alice, sketch.hashes).status, "good");
});

test("growing ends on a signal with what it has, and with the error of whoever saves", async () => {
  const control = new AbortController();
  const sketch = emptySketch(alice);
  const stopped = await growSketch({
    sketch,
    signal: control.signal,
    onImproved: () => control.abort(),
  });
  assert.equal(stopped.ending, "aborted");
  assert.ok(stopped.sketch.hashes.length > 0);
  const full = new Error("disk full");
  await assert.rejects(
    growSketch({ sketch, onImproved: () => Promise.reject(full) }),
    (error) => error === full,
  );
  await assert.rejects(growSketch({ sketch, duration: -1 }), bad("duration"));
  await assert.rejects(growSketch({ sketch, until: Number.NaN }), bad("until"));
  await assert.rejects(growSketch({ sketch, threads: 0 }), bad("threads"));
});
