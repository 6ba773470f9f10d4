import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseKernel } from "../../src/engine/engine.ts";
import { checkProof, PROOF_FIELDS } from "../../src/hardware/proof.ts";
import { proveBench } from "../../src/hardware/prove.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { mangled, often } from "../hostile.ts";

const BEACON = 'block 870000 "é" 東';
const OPTIONS = {
  beacon: BEACON,
  algorithm: "sha1",
  seconds: 1,
  threads: 1,
  kernel: chooseKernel("sha1"),
} as const;
const { text, growth } = await proveBench(OPTIONS);
const proof = JSON.parse(text);

/** The proof with something else in it. */
function edited(change: (copy: typeof proof) => void): string {
  const copy = structuredClone(proof);
  change(copy);
  return `${JSON.stringify(copy).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

test("a proof shows about how many hashes were done, and never more at least", () => {
  const checked = checkProof(text, BEACON);
  assert.ok(checked.status === "good");
  // Six standard deviations: one in a thousand million.
  const deviation = 6 / Math.sqrt(62);
  assert.ok(checked.hashes > growth.tries / (1 + deviation), `${checked.hashes}, ${growth.tries}`);
  assert.ok(checked.hashes < growth.tries * (1 + deviation), `${checked.hashes}, ${growth.tries}`);
  assert.ok(checked.atLeast < 0.7 * checked.hashes && checked.atLeast > 0.6 * checked.hashes);
  assert.deepEqual([...checked.fields.keys()], PROOF_FIELDS);
  assert.equal(checked.fields.get("beacon"), BEACON);
  assert.equal(checked.fields.get("seconds"), "1");
  assert.match(text, /^[ -~]+\n$/);
});

test("written as it is, it is what it was", () =>
  assert.equal(
    edited(() => {}),
    text,
  ));

test("every field is bound, and so is their order", () => {
  for (const [i, name] of PROOF_FIELDS.entries()) {
    const changed = edited(({ fields }) => {
      fields[i][1] = name === "seconds" ? "2" : `${fields[i][1]}x`;
    });
    const checked = checkProof(changed);
    assert.equal(checked.status === "bad" && checked.reason, "forged", name);
  }
  const swapped = edited(({ fields }) => fields.reverse());
  assert.equal(checkProof(swapped).status, "bad");
});

test("what else may be tried", () => {
  const tried: [name: string, text: string][] = [
    ["another algorithm", edited((p) => Object.assign(p, { algorithm: "sha256" }))],
    ["another k", edited((p) => Object.assign(p, { k: 32 }))],
    ["a smaller sketch", edited((p) => p.nonces.pop())],
    ["no hashes", edited((p) => Object.assign(p, { nonces: [] }))],
    ["nonces without end", edited((p) => p.nonces.push(...p.nonces))],
    ["one twice", edited((p) => p.nonces.splice(1, 1, p.nonces[0]))],
    ["two swapped", edited((p) => p.nonces.splice(0, 2, p.nonces[1], p.nonces[0]))],
    ["a nonce that is a number", edited((p) => p.nonces.splice(0, 1, 7))],
    ["another nonce", edited((p) => p.nonces.splice(63, 1, p.nonces[63].replace(/.$/, "_")))],
    ["a field more", edited((p) => p.fields.push(["rate", "1e12"]))],
    ["a field less", edited((p) => p.fields.pop())],
    ["a field that is no text", edited((p) => p.fields.splice(3, 1, ["threads", 2]))],
    ["a name beside", edited((p) => Object.assign(p, { rate: "1e12" }))],
    ["a name before", text.replace("{", '{"fields":[],')],
    ["spaces", text.replace(",", ", ")],
    ["no end of the line", text.trimEnd()],
    ["half of it", text.slice(0, text.length / 2)],
    ["nothing", ""],
    ["null", "null\n"],
    ["a list", "[]\n"],
    ["too much", text + " ".repeat(1e6)],
  ];
  for (const [name, forged] of tried) {
    assert.notEqual(forged, text, name);
    assert.equal(checkProof(forged).status, "bad", name);
  }
  const other = checkProof(text, "another");
  assert.equal(other.status === "bad" && other.reason, "beacon");
});

test("hostile: no other text is a proof of as much", () => {
  const own = checkProof(text);
  assert.ok(own.status === "good");
  fc.assert(
    fc.property(mangled([text]), (other) => {
      fc.pre(other !== text);
      const checked = checkProof(other);
      // Another nonce in the last place is a true hash too, but a greater one, of far fewer tries.
      assert.ok(checked.status === "bad" || checked.hashes < own.hashes / 2);
    }),
    often(200),
  );
});

test("beacons and times that cannot be", async () => {
  for (const beacon of ["", "  ", "two\nlines", "\ud800", "x".repeat(1001), 7 as never]) {
    await assert.rejects(proveBench({ ...OPTIONS, beacon }), { parameter: "beacon" });
  }
  for (const seconds of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 604_801]) {
    await assert.rejects(proveBench({ ...OPTIONS, seconds }), StampmillError);
  }
});
