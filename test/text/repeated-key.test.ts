import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { repeatedKey } from "../../src/text/repeated-key.ts";
import { often } from "../hostile.ts";

test("a key that is there twice is found, however it is written", () => {
  const twice = {
    '{"a":1,"a":2}': "a",
    '{"a":1, "\\u0061" :2}': "a",
    '[{"b":{"a":"x","c":[1],"a":{}}}]': "a",
    '{"":1,"":1}': "",
    '{"\\"":1,"\\\\":2,"\\"":3}': '"',
    '{"x":{"a":1},"a":2,"x":0}': "x",
  };
  for (const [text, key] of Object.entries(twice)) assert.equal(repeatedKey(text), key, text);
});

test("values, and keys of other objects, are none", () => {
  const once = [
    "{}",
    '"a"',
    '["a","a"]',
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
  ].concat(['{"a":"{\\"a\\":1,\\"a\\":1}"}', '{"a\\\\":1,"a":2}', '[{"a":1},{"a":1}]']);
  for (const text of once) assert.equal(repeatedKey(text), null, text);
});

test("what JSON.stringify writes has no key twice; with one put in, it has", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
      const text = JSON.stringify(value, null, 1);
      assert.equal(repeatedKey(text), null);
      const [key = ""] = Object.keys(value);
      const again = `${text.slice(0, -1)},${JSON.stringify(key)}:0}`;
      assert.equal(repeatedKey(again), key);
    }),
    often(100),
  );
});
