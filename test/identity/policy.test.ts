import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePolicy, readPolicy } from "../../src/identity/reputation/policy.ts";
import { scoreIdentities } from "../../src/identity/reputation/score.ts";
import { often } from "../hostile.ts";
import { seededIdentity } from "./community.ts";

const NOW = Date.UTC(2026, 10, 24);

test("a policy is refused for what it does not say clearly", () => {
  const refused: [text: string, parameter: string][] = [
    ["", "policy"],
    ["[]", "policy"],
    ["null", "policy"],
    ['{"powr":1.3}', "policy"],
    ['{"__proto__":{"power":3}}', "policy"],
    ['{"power":1.3,"power":1.3}', "policy"],
    ['{"power":1,"\\u0070ower":2}', "policy"],
    ['{"beacons":{"a":"2026-01-01","a":"2025-01-01"}}', "policy"],
    ['{"power":"1.3"}', "power"],
    ['{"power":0}', "power"],
    ['{"power":1e999}', "power"],
    ['{"power":3.01}', "power"],
    ['{"unit":-1}', "unit"],
    ['{"bound":"upper"}', "bound"],
    ['{"bound":"estimate","confidence":0.9}', "confidence"],
    ['{"confidence":1}', "confidence"],
    ['{"halfLife":"0d"}', "halfLife"],
    ['{"halfLife":730}', "halfLife"],
    ['{"idleHalfLife":"soon"}', "idleHalfLife"],
    ['{"beacons":{"a":"2026-02-30"}}', "beacons"],
    ['{"beacons":["a"]}', "beacons"],
    ['{"beacons":{" a":"2026-02-03"}}', "beacon"],
    ['{"dates":"any"}', "dates"],
    ['{"undated":20261124}', "undated"],
    ['{"weights":{"md5":1}}', "weights"],
    ['{"weights":{"sha1":-1}}', "weights.sha1"],
    ['{"weights":{"sha1":null}}', "weights.sha1"],
    ['{"cap":0}', "cap"],
    ['{"cap":null}', "cap"],
    ['{"credit":{"perToken":1}}', "credit.most"],
    ['{"credit":{"perToken":1,"most":1,"least":1}}', "credit"],
    [`{"power":1${" ".repeat(1 << 20)}}`, "policy"],
  ];
  for (const [text, parameter] of refused) {
    assert.throws(() => parsePolicy(text), { code: "bad-input", parameter }, text.slice(0, 80));
  }
  assert.deepEqual(parsePolicy("{}"), readPolicy());
  // A name may come again in another object, and in a text.
  const again = '{"beacons":{"{\\"power\\":":"2026-01-01","power":"2026-01-01"},"power":1}';
  assert.equal(parsePolicy(again).beacons.size, 2);
});

test("hostile policies: refused by name, or one whose every score is a number", () => {
  const values = fc.oneof(fc.json(), fc.double().map(String), fc.constantFrom("1", '"1d"', "{}"));
  const names = fc
    .constantFrom("power", "unit", "bound", "confidence", "halfLife", "beacons")
    .chain((name) => fc.oneof(fc.constant(name), fc.constantFrom("weights", "cap", "credit", "x")));
  const texts = fc
    .array(fc.tuple(names, values), { maxLength: 5 })
    .map((pairs) => `{${pairs.map(([name, value]) => `"${name}":${value}`).join()}}`);
  const identity = seededIdentity("alice", 1000);
  let read = 0;
  const property = fc.property(texts, (text) => {
    let policy: ReturnType<typeof parsePolicy>;
    try {
      policy = parsePolicy(text);
    } catch (error) {
      assert.equal((error as { code: string }).code, "bad-input");
      return;
    }
    read++;
    const [score] = scoreIdentities([identity], policy, { now: NOW });
    assert.ok(Number.isFinite(score?.score) && (score?.score ?? -1) >= 0, text);
  });
  fc.assert(property, often(500));
  assert.ok(read > 0);
});
