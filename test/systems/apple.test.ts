import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { mintApple, verifyApple } from "../../src/systems/index.ts";
import { often } from "../hostile.ts";

interface AppleVector {
  bits: number;
  date: string;
  challenge: string;
  stamp: string;
  sha1: string;
}

const path = new URL("../vectors/other-systems.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(path, "utf8")).apple_x_apple_hc as {
  vectors: AppleVector[];
};

const reasonOf = (proof: string, bits: number, challenge?: string) =>
  verifyApple(proof, { bits, challenge }).reason;

test("fastlane's own vector is valid, and made again", async () => {
  assert.equal(vectors.length, 1);
  for (const { bits, challenge, stamp, sha1 } of vectors) {
    const verdict = verifyApple(stamp, { bits, challenge });
    assert.equal(verdict.valid, true);
    assert.equal(verdict.digest, sha1);
    assert.equal(verdict.date, "2023-02-23T17:06:00");
    const date = new Date("2023-02-23T17:06:00Z");
    const minted = await mintApple({ bits, challenge, date, threads: 1 });
    assert.match(minted.proof, new RegExp(`^1:11:20230223170600:${challenge}::[1-9]\\d*$`));
    assert.equal(reasonOf(minted.proof, bits, challenge), null);
  }
});

test("each reason has its no", () => {
  const head = "1:11:20230223170600:4d74fb15eb23f465f1f6fcbf534e5877:";
  assert.equal(reasonOf(`${head}:6373`, 11), null);
  assert.equal(reasonOf(`${head}:6373`, 12), "insufficient-bits");
  assert.equal(reasonOf(`${head}:6373`, 11, "other"), "wrong-challenge");
  assert.equal(reasonOf(`${head}:6374`, 11), "missing-work");
  const bad = [
    ...["", ":", `${head}:`, `${head}6373`, `${head}:06373`, `${head}:6373 `, `${head}:6373\n`],
    ...[`${head}:-1`, `${head}:6373:1`, `${head}x:6373`, `0${head}:6373`],
    ...["1:11:20230229170600:4d::1", "1:11:20230223240000:4d::1", "1:011:20230223170600:4d::1"],
    ...["1:161:20230223170600:4d::1", "1:11:2023022317060:4d::1", "1:11:20230223170600:::1"],
    ...[`1:11:20230223170600:${"a".repeat(257)}::1`, `${head}:${"1".repeat(500)}`],
  ];
  for (const proof of bad) assert.equal(reasonOf(proof, 0), "malformed", proof);
});

test("a proof is worth what it claims: luck counts for nothing", async () => {
  // 10 bits are claimed where the digest has 11.
  const challenge = "4d74fb15eb23f465f1f6fcbf534e5877";
  for (let counter = 0; ; counter++) {
    const proof = `1:10:20230223170600:${challenge}::${counter}`;
    const digest = createHash("sha1").update(proof).digest();
    if (digest.readUInt16BE(0) >> 5 !== 0) continue;
    assert.equal(reasonOf(proof, 10), null);
    assert.equal(reasonOf(proof, 11), "insufficient-bits");
    break;
  }
});

test("what is minted is valid, for any challenge and few bits", async () => {
  const challenges = fc.string({ unit: fc.constantFrom(..."abcXYZ019./+=-_"), minLength: 1 });
  await fc.assert(
    fc.asyncProperty(challenges, fc.integer({ min: 0, max: 12 }), async (challenge, bits) => {
      const minted = await mintApple({ challenge, bits });
      const digest = createHash("sha1").update(minted.proof).digest("hex");
      assert.equal(minted.digest, digest);
      assert.equal(reasonOf(minted.proof, bits, challenge), null);
    }),
    often(20),
  );
});

test("hostile text gets a verdict, and is never valid", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ":",
      "1",
      "11",
      "20230223170600",
      "::",
      "\0",
      "\u{1f600}",
      "é",
      "a".repeat(600),
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      const verdict = verifyApple(parts.join(""), { bits: 11 });
      assert.equal(verdict.valid, false);
      assert.notEqual(verdict.reason, null);
    }),
    often(300),
  );
});

test("a search stops: when the time is up, when it is aborted, when its watcher throws", async () => {
  const never = { challenge: "abc", bits: 64, threads: 1 };
  await assert.rejects(mintApple({ ...never, timeout: 5 }), { code: "not-found" });
  const abort = new AbortController();
  const aborted = mintApple({ ...never, signal: abort.signal, onSearch: () => abort.abort() });
  await assert.rejects(aborted, { code: "aborted" });
  const onSearch = () => {
    throw new Error("enough");
  };
  await assert.rejects(mintApple({ ...never, onSearch }), { message: "enough" });
});

test("bad input names its parameter", async () => {
  const good = { challenge: "abc", bits: 4 };
  const bad = [
    [{ bits: 65 }, "bits"],
    [{ bits: 1.5 }, "bits"],
    [{ challenge: "" }, "challenge"],
    [{ challenge: "a:b" }, "challenge"],
    [{ challenge: "a b" }, "challenge"],
    [{ challenge: "é" }, "challenge"],
    [{ challenge: "a".repeat(257) }, "challenge"],
    [{ date: new Date(Number.NaN) }, "date"],
    [{ threads: 0 }, "threads"],
    [{ timeout: -1 }, "timeout"],
  ] as const;
  for (const [change, parameter] of bad) {
    await assert.rejects(mintApple({ ...good, ...change }), { code: "bad-input", parameter });
  }
  assert.throws(() => verifyApple("", { bits: -1 }), { parameter: "bits" });
});
