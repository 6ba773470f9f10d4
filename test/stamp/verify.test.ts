import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { leadingZeroBits } from "../../src/engine/algorithms.ts";
import type { VerifyOptions } from "../../src/stamp/rules.ts";
import { createVerifier, type Reason, verify } from "../../src/stamp/verify.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { mangled, often } from "../hostile.ts";
import { readVectors, type StampVector } from "../vectors.ts";
import { bruteStamp } from "./brute.ts";
import { isPlainlyGood } from "./grammar.ts";

const MINTED = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
const at = (iso: string) => Date.parse(iso);
const DAY_AFTER: VerifyOptions = {
  bits: 20,
  resources: ["foo@bar.example"],
  now: at("2024-03-01T00:00:00Z"),
};
const ANY: VerifyOptions = { bits: 0, anyResource: true, now: at("2024-03-01T00:00:00Z") };

function reason(stamp: string, options: VerifyOptions): Reason | null {
  const verdict = verify(stamp, options);
  assert.equal(verdict.valid, verdict.reason === null);
  return verdict.reason;
}

test("a good stamp, every field of its verdict in order", () => {
  const verdict = verify(MINTED, DAY_AFTER);
  assert.equal(
    JSON.stringify(verdict),
    JSON.stringify({
      stamp: MINTED,
      valid: true,
      reason: null,
      resource: "foo@bar.example",
      bits: 20,
      work: 20,
      digest: "000003c559f00d35f32124ca1f38b048c1132517",
      date: "2024-02-29T00:00:00Z",
      expires: "2024-03-30T00:00:00Z",
    }),
  );
});

test("each reason, and what the verdict then knows", () => {
  const v0 = "0:240229:foo@bar.example:abc";
  const known = { resource: "foo@bar.example", bits: 20, date: "2024-02-29T00:00:00Z" };
  const nothing = { resource: null, bits: null, date: null, expires: null };
  const cases: [string, Partial<VerifyOptions>, object][] = [
    ["garbage", {}, { reason: "malformed", ...nothing }],
    ["", {}, { reason: "malformed", ...nothing }],
    [`${MINTED} `, {}, { reason: "malformed", ...nothing }],
    ["2:20:240229:foo@bar.example::a:b", {}, { reason: "unsupported-version", ...nothing }],
    [v0, {}, { reason: "unsupported-version", ...known, bits: null }],
    [MINTED.replace("::", ":alg=md5:"), {}, { reason: "unsupported-algorithm", ...nothing }],
    [MINTED, { algorithm: "sha256" }, { reason: "unsupported-algorithm", ...known }],
    [MINTED, { resources: ["foo@bar.exampl"] }, { reason: "wrong-resource", ...known }],
    [MINTED, { resources: ["FOO@bar.example"] }, { reason: "wrong-resource", ...known }],
    [MINTED, { bits: 21 }, { reason: "insufficient-bits", ...known }],
    [MINTED, { now: at("2024-02-26") }, { reason: "future", ...known }],
    [MINTED, { now: at("2024-03-30") }, { reason: "expired", ...known }],
    [`${MINTED}0`, {}, { reason: "missing-work", ...known, work: null }],
  ];
  for (const [stamp, change, expected] of cases) {
    const verdict = verify(stamp, { ...DAY_AFTER, ...change } as VerifyOptions);
    assert.equal(verdict.valid, false);
    assert.deepEqual({ ...verdict, ...expected }, verdict, stamp);
    assert.equal(verdict.digest !== null, verdict.reason === "missing-work");
    assert.equal(verdict.stamp, stamp);
  }
});

test("a stamp is worth what it claims: luck counts for nothing, a false claim voids it", () => {
  // 22 zero bits in the digest, 20 claimed.
  assert.equal(reason(MINTED, { ...DAY_AFTER, bits: 20 }), null);
  assert.equal(reason(MINTED, { ...DAY_AFTER, bits: 22 }), "insufficient-bits");
  const boast = MINTED.replace("1:20:", "1:44:");
  assert.equal(reason(boast, DAY_AFTER), "missing-work");
});

test("the claim is met to the bit, by the digest as node:crypto has it", () => {
  const seen = { valid: 0, "missing-work": 0 };
  for (let i = 0; i < 2000; i++) {
    const bits = i % 12;
    const ext = i % 2 ? "alg=sha256" : "";
    const stamp = `1:${bits}:240229:foo:${ext}:rand:${i}`;
    const digest = createHash(i % 2 ? "sha256" : "sha1")
      .update(stamp)
      .digest();
    const binary = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
    const expected = binary.startsWith("0".repeat(bits)) ? null : "missing-work";
    assert.equal(reason(stamp, ANY), expected, stamp);
    seen[expected ?? "valid"]++;
  }
  assert.ok(seen.valid > 200 && seen["missing-work"] > 200);
});

test("the time window has the boundaries of hashcash(1)", () => {
  const when = (iso: string, extra = {}) =>
    reason(MINTED, { ...DAY_AFTER, now: at(iso), ...extra });
  assert.equal(when("2024-02-26T23:59:59.999Z"), "future");
  assert.equal(when("2024-02-27T00:00:00Z"), null);
  assert.equal(when("2024-03-29T23:59:59.999Z"), null);
  assert.equal(when("2024-03-30T00:00:00Z"), "expired");
  assert.equal(when("2024-02-28T23:59:59Z", { grace: 0 }), "future");
  assert.equal(when("2024-02-29T00:00:00Z", { grace: "0s" }), null);
  assert.equal(when("2024-02-29T00:59:59Z", { grace: 0, expires: "1h" }), null);
  assert.equal(when("2024-02-29T01:00:00Z", { grace: 0, expires: "1h" }), "expired");
  assert.equal(when("2070-01-01T00:00:00Z", { expires: "36500d" }), null);
});

test("version 0 passes on request only, and is worth what its digest has", () => {
  const stamp = "0:040315:test@example.com:69781c87bae95c03";
  const options = { bits: 24, resources: ["test@example.com"], now: at("2004-03-16") };
  assert.equal(reason(stamp, options), "unsupported-version");
  const verdict = verify(stamp, { ...options, allowV0: true });
  assert.deepEqual([verdict.valid, verdict.bits, verdict.work], [true, null, 24]);
  const short = verify(stamp, { ...options, bits: 25, allowV0: true });
  assert.deepEqual([short.reason, short.bits, short.work], ["insufficient-bits", null, 24]);
});

test("sha256 stamps are hashed with sha256", () => {
  const stamp = bruteStamp({ bits: 10, ext: "alg=sha256" });
  const digest = createHash("sha256").update(stamp).digest("hex");
  assert.ok(leadingZeroBits(digest) >= 10);
  const options: VerifyOptions = { bits: 10, resources: ["foo"], now: at("2024-03-01") };
  assert.equal(verify(stamp, options).digest, digest);
  assert.equal(reason(stamp, options), null);
  assert.equal(reason(stamp, { ...options, algorithm: "sha256" }), null);
  assert.equal(reason(stamp, { ...options, algorithm: "sha1" }), "unsupported-algorithm");
});

test("every published stamp is judged as hashcash(1) values it", () => {
  let valid = 0;
  for (const vector of readVectors<StampVector>("hashcash-public")) {
    const worth = Number(vector.hashcash_w || -1);
    const options: VerifyOptions = {
      bits: 0,
      anyResource: true,
      allowV0: true,
      expires: "36500d",
      now: at("2026-11-22"),
    };
    const verdict = verify(vector.stamp, options);
    if (verdict.reason === "malformed") continue;
    assert.equal(verdict.valid, worth > 0, vector.stamp);
    if (!verdict.valid) continue;
    assert.equal(verdict.work, worth);
    assert.equal(verdict.digest, vector.sha1);
    assert.equal(reason(vector.stamp, { ...options, bits: worth + 1 }), "insufficient-bits");
    valid++;
  }
  assert.equal(valid, 25);
});

test("several resources, wildcards and matchers", () => {
  const many = (resources: VerifyOptions["resources"], match?: "wildcard") =>
    reason(MINTED, { ...DAY_AFTER, resources: resources ?? [], match });
  assert.equal(many(["a", "foo@bar.example"]), null);
  assert.equal(many(["*@bar.example"]), "wrong-resource");
  assert.equal(many(["a", "*@bar.example"], "wildcard"), null);
  assert.equal(many(["a", (resource) => resource.startsWith("foo@")]), null);
  assert.equal(many([() => false, () => false]), "wrong-resource");
  const promising = (async () => true) as unknown as () => boolean;
  assert.equal(many([promising]), "wrong-resource");
  assert.equal(many([promising, promising]), "wrong-resource");
});

test("a missing or wrong option is an error that names it", () => {
  const cases: [unknown, string][] = [
    [undefined, "options"],
    [{ resources: ["foo"] }, "bits"],
    [{ bits: 20 }, "resources"],
    [{ bits: 20, resources: [] }, "resources"],
    [{ bits: 20, resources: "foo" }, "resources"],
    [{ bits: 20, anyResource: false }, "resources"],
    [{ bits: 20, anyResource: "yes" }, "resources"],
    [{ bits: 20, anyResource: true, resources: ["foo"] }, "anyResource"],
    [{ ...ANY, bits: "20" }, "bits"],
    [{ ...ANY, bits: -1 }, "bits"],
    [{ ...ANY, bits: 20.5 }, "bits"],
    [{ ...ANY, bits: Number.NaN }, "bits"],
    [{ ...ANY, bits: 257 }, "bits"],
    [{ ...ANY, bits: 4294967300 }, "bits"],
    [{ ...ANY, expires: 0 }, "expires"],
    [{ ...ANY, expires: "0d" }, "expires"],
    [{ ...ANY, expires: "28" }, "expires"],
    [{ ...ANY, expires: Number.POSITIVE_INFINITY }, "expires"],
    [{ ...ANY, expires: "36501d" }, "expires"],
    [{ ...ANY, expires: [] }, "expires"],
    [{ ...ANY, grace: -1 }, "grace"],
    [{ ...ANY, grace: [1] }, "grace"],
    [{ ...ANY, grace: Number.NaN }, "grace"],
    [{ ...ANY, now: new Date("nonsense") }, "now"],
    [{ ...ANY, now: -1 }, "now"],
    [{ ...ANY, now: null }, "now"],
    [{ ...ANY, now: [] }, "now"],
    [{ ...ANY, algorithm: "md5" }, "algorithm"],
    [{ ...ANY, allowV0: "no" }, "allowV0"],
    [{ ...ANY, algoritm: "sha256" }, "algoritm"],
    [{ bits: 20, resources: ["foo"], match: "regex" }, "match"],
    [{ bits: 20, resources: ["a b"] }, "resource"],
    [{ bits: 20, resources: [""] }, "resource"],
    [{ bits: 20, resources: [7] }, "resource"],
  ];
  for (const [options, parameter] of cases) {
    assert.throws(
      () => createVerifier(options as VerifyOptions),
      { name: "StampmillError", code: "bad-input", parameter },
      JSON.stringify(options),
    );
  }
});

test("text too long to be a stamp is cut in the verdict", () => {
  const verdict = verify("x".repeat(1_000_000), ANY);
  assert.equal(verdict.reason, "malformed");
  assert.equal(verdict.stamp, `${"x".repeat(200)}…`);
  assert.equal(verify("x".repeat(4096), ANY).stamp.length, 4096);
});

test("hostile: whatever the text, it is valid if and only if a plain second reading says so", () => {
  const now = at("2024-03-01T00:00:00Z");
  const verifier = createVerifier({ bits: 1, resources: ["foo"], now });
  const lenient = createVerifier({ ...ANY, allowV0: true });
  const good = [0, 1, 2, 5].flatMap((bits) => [
    bruteStamp({ bits }),
    bruteStamp({ bits, ext: "alg=sha256" }),
    bruteStamp({ bits, date: "2402291659", ext: "a=b;c" }),
    `0:240229:foo:${bits}`,
  ]);
  const kinds = { valid: 0, rejected: 0 };
  const hostile = fc.oneof(
    { weight: 9, arbitrary: mangled(good) },
    fc.string({ unit: "binary" }),
    fc.anything(),
  );
  fc.assert(
    fc.property(hostile, (anything) => {
      const verdict = verifier(anything as string);
      assert.equal(verdict.valid, verdict.reason === null);
      const expected = typeof anything === "string" && isPlainlyGood(anything, "foo", 1, now);
      assert.equal(verdict.valid, expected, String(verdict.reason));
      const leniently = lenient(anything as string);
      assert.equal(leniently.valid, leniently.reason === null);
      assert.ok(leniently.valid || !verdict.valid);
      kinds[verdict.valid ? "valid" : "rejected"]++;
    }),
    often(3000),
  );
  assert.ok(kinds.valid > 100 && kinds.rejected > 100, JSON.stringify(kinds));
});

test("property: no options make createVerifier throw anything but bad-input", () => {
  const keys = ["bits", "resources", "anyResource", "match", "expires", "grace", "now", "other"];
  const options = fc.dictionary(fc.constantFrom(...keys), fc.anything());
  fc.assert(
    fc.property(options, (anything) => {
      try {
        createVerifier({ ...ANY, ...anything } as VerifyOptions)(MINTED);
      } catch (error) {
        assert.ok(error instanceof StampmillError && error.code === "bad-input", String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
