// Writes test/vectors/search.json: searches with all their hits, found by node:crypto (OpenSSL) one
// candidate at a time. C++ and TypeScript both read it.
//
//   node scripts/make-search-vectors.mjs [--check]
//
// --check writes nothing and fails if the file is not what this script makes.
import { createHash, hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../test/vectors/search.json", import.meta.url));
const ABOUT =
  "Searches with all their hits, by node:crypto; written by scripts/make-search-vectors.mjs. " +
  "message and alphabet are bytes in hexadecimal; the digits at positions, the first the most " +
  "significant, write the counters start, start + 1, ... start + count - 1; a counter is a hit " +
  "if the first 64 bits of the digest, big-endian, are at most limit. 64-bit numbers are strings.";

const ascii = (text) => Buffer.from(text, "latin1");
const ALPHABETS = {
  hashcash: ascii("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"),
  base64: ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
  decimal: ascii("0123456789"),
  hex: ascii("0123456789abcdef"),
  bytes: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  shuffled: Buffer.from(Array.from({ length: 256 }, (_, i) => (i * 181 + 77) % 256)),
  two: ascii("ox"),
};
const COUNTERS = 1500n;
const MAX_COUNTERS = 2n ** 63n;
const MAX_LIMIT = 2n ** 64n - 1n;

/** Bytes that look random and are the same every time. */
function bytes(seed, length) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash("sha256").update(`search vector ${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const range = (first, count) => Array.from({ length: count }, (_, i) => first + i);

/** `count` different offsets inside the message, sorted. */
function scattered(seed, length, count) {
  const order = [...bytes(seed, length)].map((byte, i) => [byte, i]);
  order.sort(([a, i], [b, j]) => a - b || i - j);
  return order
    .slice(0, count)
    .map(([, i]) => i)
    .sort((a, b) => a - b);
}

/** Where the digits go: [length of the message, their offsets, alphabet]. */
const LAYOUTS = [
  [1, [0], "bytes"],
  [2, [0, 1], "hashcash"],
  [3, [0, 2], "shuffled"],
  [8, range(0, 8), "decimal"],
  [20, range(10, 10), "hex"],
  [31, range(26, 5), "decimal"],
  [54, range(48, 6), "hashcash"],
  [55, range(45, 10), "base64"],
  [55, [54], "bytes"],
  [56, range(50, 6), "decimal"],
  [57, range(0, 10), "hex"],
  [60, [3, 20, 59], "shuffled"],
  [63, range(0, 63), "two"],
  [64, range(60, 4), "hex"],
  [64, [0, 63], "bytes"],
  [65, [62, 63, 64], "hashcash"],
  [65, range(61, 4), "decimal"],
  [80, range(60, 8), "hex"],
  [100, [61, 62, 63, 99], "base64"],
  [100, scattered(1, 100, 7), "bytes"],
  [118, range(58, 60), "two"],
  [119, [...range(56, 8), 117, 118], "hashcash"],
  [119, [...range(60, 4), 117, 118], "base64"],
  [119, [...range(60, 4), 116, 117, 118], "decimal"],
  [119, range(100, 15), "hex"],
  [119, range(80, 18), "decimal"],
  [120, [0, 63, 64, 119], "shuffled"],
  [121, scattered(2, 121, 10), "hashcash"],
  [127, range(120, 7), "bytes"],
  [128, range(64, 5), "base64"],
  [129, range(126, 3), "hashcash"],
  [150, [63, 64, 127, 128], "hex"],
  [180, scattered(3, 180, 63), "two"],
  [183, [...range(120, 8), 181, 182], "hashcash"],
  [184, [...range(120, 8), 182, 183], "hashcash"],
  [192, range(0, 10), "base64"],
  [200, scattered(4, 200, 15), "hex"],
  [250, [5, 70, 130, 249], "bytes"],
  [300, range(40, 30), "two"],
  [300, range(290, 10), "decimal"],
  [500, scattered(5, 500, 9), "hashcash"],
];

/** Ranges of some hundred counters where they are likely to go wrong; those that fit are used. */
function rangesIn(space, seed) {
  if (space <= 2n * COUNTERS) return [[0n, space]];
  const somewhere = (bytes(seed, 8).readBigUInt64BE() % space) / 2n;
  const wanted = [
    [somewhere, COUNTERS],
    [space - COUNTERS, COUNTERS],
    [2n ** 32n - 700n, COUNTERS],
    [2n ** 44n - 800n, COUNTERS],
    [2n ** 62n - 123n, 400n],
  ];
  return wanted.filter(([start, count]) => start + count <= space);
}

/** The first 64 bits of the digest of every counter's message. */
function leadingWords({ algorithm, message, positions, alphabet, start, count }) {
  const base = BigInt(alphabet.length);
  const written = Buffer.from(message);
  return Array.from({ length: Number(count) }, (_, i) => {
    let rest = start + BigInt(i);
    for (const position of positions.toReversed()) {
      written[position] = alphabet[Number(rest % base)];
      rest /= base;
    }
    return hash(algorithm, written, "buffer").readBigUInt64BE();
  });
}

/**
 * A limit that some twenty counters are under: one of the words themselves, so that "at most" is
 * not "less than", or in one of three vectors a round one.
 */
function limitFor(words, seed) {
  const sorted = words.toSorted((a, b) => (a < b ? -1 : 1));
  const limit = sorted[Math.min(20, sorted.length - 1)];
  if (seed % 7 === 6) return sorted[0];
  return seed % 3 === 2 ? MAX_LIMIT >> BigInt(64 - limit.toString(2).length) : limit;
}

function makeVectors() {
  const vectors = [];
  for (const algorithm of ["sha1", "sha256"]) {
    for (const [length, positions, name] of LAYOUTS) {
      const alphabet = ALPHABETS[name];
      const power = BigInt(alphabet.length) ** BigInt(positions.length);
      if (power > MAX_COUNTERS) throw new Error(`${length} ${positions}: too many counters`);
      for (const [start, count] of rangesIn(power, vectors.length)) {
        const seed = vectors.length;
        const job = { algorithm, message: bytes(seed, length), positions, alphabet, start, count };
        const words = leadingWords(job);
        const limit = limitFor(words, seed);
        const hits = words.flatMap((word, i) => (word <= limit ? [String(start + BigInt(i))] : []));
        vectors.push({
          algorithm,
          message: job.message.toString("hex"),
          positions,
          alphabet: alphabet.toString("hex"),
          start: String(start),
          count: String(count),
          limit: String(limit),
          hits,
        });
      }
    }
  }
  return vectors;
}

const lines = makeVectors().map((vector) => JSON.stringify(vector));
const text = `{"_about": ${JSON.stringify(ABOUT)},\n"vectors": [\n${lines.join(",\n")}\n]}\n`;
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("test/vectors/search.json is not what scripts/make-search-vectors.mjs makes");
  process.exit(1);
}
