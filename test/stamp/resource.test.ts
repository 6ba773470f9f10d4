import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkExt, MAX_EXT_LENGTH } from "../../src/stamp/ext.ts";
import { checkResource, MAX_RESOURCE_LENGTH, percentEncode } from "../../src/stamp/resource.ts";
import { StampmillError } from "../../src/text/errors.ts";

function fault(check: () => void): { message: string; position?: number } {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof StampmillError);
    assert.equal(error.code, "bad-input");
    return {
      message: error.message,
      ...(error.position === undefined ? {} : { position: error.position }),
    };
  }
  return { message: "fine" };
}

test("checkResource names the offending character and its place", () => {
  assert.equal(fault(() => checkResource("alice@example.org")).message, "fine");
  assert.equal(fault(() => checkResource("!%*;=~")).message, "fine");
  const cases: [string, RegExp, number][] = [
    ["", /empty/, 0],
    ["a b", /space \(U\+0020\), found at offset 1/, 1],
    ["http://x", /":" \(U\+003A\), found at offset 4/, 4],
    ["café", /"é" \(U\+00E9\)/, 3],
    ["a\u001b[2J", /U\+001B, found/, 1],
    ["\u202Eabc", /U\+202E, found/, 0],
    ["ab\u{1F600}", /\(U\+1F600\)/, 2],
  ];
  for (const [resource, message, position] of cases) {
    const found = fault(() => checkResource(resource));
    assert.match(found.message, message);
    assert.equal(found.position, position);
  }
});

test("resource and extension have a longest length", () => {
  assert.equal(fault(() => checkResource("a".repeat(MAX_RESOURCE_LENGTH))).message, "fine");
  assert.match(
    fault(() => checkResource("a".repeat(MAX_RESOURCE_LENGTH + 1))).message,
    /at most 3072/,
  );
  assert.equal(fault(() => checkExt("a".repeat(MAX_EXT_LENGTH))).message, "fine");
  assert.match(fault(() => checkExt("a".repeat(MAX_EXT_LENGTH + 1))).message, /at most 512/);
});

test("checkExt refuses what would break the stamp or its algorithm", () => {
  assert.equal(fault(() => checkExt("n=1,2;flag;alg=sha256")).message, "fine");
  assert.equal(fault(() => checkExt("e:f")).position, 1);
  assert.equal(fault(() => checkExt("a b")).position, 1);
  assert.match(fault(() => checkExt("alg=md5")).message, /alg=sha1 or alg=sha256/);
});

test("percentEncode encodes what a stamp may not carry, and nothing else", () => {
  assert.equal(percentEncode("alice@example.org"), "alice@example.org");
  assert.equal(percentEncode("http://x/a b"), "http%3A//x/a%20b");
  assert.equal(percentEncode("100%"), "100%25");
  assert.equal(percentEncode("é\n"), "%C3%A9%0A");
  assert.equal(fault(() => percentEncode("ab\ud800")).position, 2);
});

test("property: percent-encoded resources are fit to mint and decode to the original", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), (resource) => {
      const encoded = percentEncode(resource);
      checkResource(encoded);
      assert.equal(decodeURIComponent(encoded), resource);
    }),
  );
});
