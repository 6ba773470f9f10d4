import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { KeyedHash, SaltSource } from "../../src/gate/salt.ts";

test("property: the keyed hash is HMAC-SHA-256 as node:crypto has it", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 130 }),
      fc.array(fc.string({ unit: "binary", maxLength: 200 }), { minLength: 1, maxLength: 3 }),
      (key, texts) => {
        const keyed = new KeyedHash(key);
        for (const text of texts) {
          const expected = createHmac("sha256", key).update(text).digest("base64url");
          assert.equal(keyed.digest(text), expected);
        }
      },
    ),
  );
});

test("a salt is good in its period and the next, and a little before its own", () => {
  const source = new SaltSource(Buffer.from("a secret"), 60_000);
  const salt = source.for("5:forumalice", 600_000).current;
  const isGood = (now: number) => source.for("5:forumalice", now).isGood(salt, now);
  const goodAt = [594_999, 595_000, 600_000, 659_999, 660_000, 719_999, 720_000].filter(isGood);
  assert.deepEqual(goodAt, [595_000, 600_000, 659_999, 660_000, 719_999]);
  assert.equal(source.for("5:forumalice", 600_001).holds(600_001), 119_999);
});

test("a salt is its poster's and its secret's", () => {
  const salts = [
    ["a secret", "5:forumalice"],
    ["a secret", "5:forumbob"],
    ["another", "5:forumalice"],
  ].map(([secret = "", name = ""]) => new SaltSource(Buffer.from(secret), 1000).for(name, 0));
  for (const [i, each] of salts.entries()) {
    assert.match(each.current, /^[\w-]{22}$/);
    assert.deepEqual(
      salts.map((other) => other.isGood(each.current, 0)),
      salts.map((_, j) => j === i),
    );
  }
});
