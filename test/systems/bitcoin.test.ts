import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { difficultyOf, readTarget, workOf } from "../../src/systems/bitcoin/target.ts";
import { type BitcoinNetwork, verifyBitcoin } from "../../src/systems/index.ts";
import { often } from "../hostile.ts";

interface HeaderVector {
  network: BitcoinNetwork;
  header: string;
  hash: string;
}

const path = new URL("../vectors/bitcoin.json", import.meta.url);
const { vectors, nBits } = JSON.parse(readFileSync(path, "utf8")) as {
  vectors: HeaderVector[];
  nBits: [string, string | null, string | null][];
};
const [genesis, first, second, regtest] = vectors.map(({ header }) => header) as [
  ...[string, string, string, string],
];
const reasonOf = (header: string, network: BitcoinNetwork = "main", parent?: string) =>
  verifyBitcoin(header, { network, parent }).reason;

test("public blocks have their public hashes", () => {
  assert.equal(vectors.length, 4);
  for (const { network, header, hash } of vectors) {
    for (const text of [header, header.toUpperCase()]) {
      const verdict = verifyBitcoin(text, { network });
      assert.equal(verdict.hash, hash);
      assert.equal(verdict.reason, null);
    }
  }
});

test("the fields of the genesis block", () => {
  assert.deepEqual(verifyBitcoin(genesis), {
    ...{ valid: true, reason: null, problem: null, hash: vectors[0]?.hash, version: 1 },
    previous: "0".repeat(64),
    merkleRoot: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    ...{ time: 1231006505, nBits: "1d00ffff", nonce: 2083236893, difficulty: 1 },
    target: `00000000ffff${"0".repeat(52)}`,
    work: "4295032833",
  });
});

test("nBits are read, and refused, as Bitcoin Core does", () => {
  assert.ok(nBits.length > 20);
  for (const [bits, target, problem] of nBits) {
    const read = readTarget(Number.parseInt(bits, 16));
    assert.equal(typeof read === "string" ? read : read.toString(16), problem ?? target, bits);
  }
});

test("a target of any nBits fits into 256 bits, and is the number that they write", () => {
  fc.assert(
    fc.property(fc.nat(0x23), fc.nat(0xffffff), (size, low) => {
      const bits = size * 2 ** 24 + low;
      const target = readTarget(bits);
      const value = low & 0x800000 ? -BigInt(low & 0x7fffff) : BigInt(low);
      // Towards zero, which is where shifting the mantissa cuts.
      const number = size >= 3 ? value << BigInt(8 * (size - 3)) : value / 256n ** BigInt(3 - size);
      if (number === 0n) assert.equal(target, "zero");
      else if (number < 0n) assert.equal(target, "negative");
      else if (number >= 1n << 256n) assert.equal(target, "overflow");
      else assert.equal(target, number);
    }),
    often(2000),
  );
});

test("work and difficulty", () => {
  assert.equal(workOf((1n << 256n) - 1n), 1n);
  assert.equal(workOf(1n), 1n << 255n);
  // Those of Core's own tests: blockchain_tests.cpp.
  const close = (bits: number, expected: string) =>
    assert.equal(difficultyOf(bits).toFixed(6), expected);
  close(0x1f111111, "0.000001");
  close(0x1ef88f6f, "0.000016");
  close(0x1df88f6f, "0.004023");
  close(0x1cf88f6f, "1.029916");
  assert.equal(difficultyOf(0x12345678).toPrecision(6), "5.91313e+24");
});

test("each reason has its no", () => {
  const withBits = (bits: string) => `${regtest.slice(0, 144)}${bits}${regtest.slice(152)}`;
  assert.equal(reasonOf(regtest), "above-limit");
  assert.equal(reasonOf(regtest, "signet"), "above-limit");
  assert.equal(reasonOf(withBits("ffffff20"), "regtest"), "bad-target");
  assert.equal(reasonOf(withBits("00000020"), "regtest"), "bad-target");
  assert.equal(reasonOf(withBits("ffff7f21"), "regtest"), "bad-target");
  assert.equal(reasonOf(withBits("ffff7f1f"), "regtest"), "missing-work");
  assert.equal(reasonOf(`${genesis.slice(0, -1)}d`), "missing-work");
  for (let bit = 0; bit < 640; bit += 7) {
    const bytes = Buffer.from(genesis, "hex");
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.notEqual(reasonOf(bytes.toString("hex")), null, `bit ${bit}`);
  }
  const parent = vectors[0]?.hash;
  assert.equal(reasonOf(first, "main", parent), null);
  assert.equal(reasonOf(second, "main", parent), "wrong-parent");
  for (const text of [
    "",
    genesis.slice(2),
    `${genesis}00`,
    ` ${genesis.slice(1)}`,
    "g".repeat(160),
  ]) {
    assert.equal(reasonOf(text), "malformed");
  }
});

test("hostile text gets a verdict, and is never valid", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 160 });
  const text = fc.oneof(
    fc.string(),
    digits.map((hex) => hex.slice(0, 160)),
  );
  fc.assert(
    fc.property(text, (header) => {
      assert.notEqual(verifyBitcoin(header).reason, null);
    }),
    often(500),
  );
});

test("bad input names its parameter", () => {
  assert.throws(() => reasonOf(genesis, "moon" as BitcoinNetwork), { parameter: "network" });
  assert.throws(() => reasonOf(genesis, "main", "00"), { parameter: "parent" });
});
