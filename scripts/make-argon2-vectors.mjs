// Writes test/vectors/argon2id.json with Node's crypto.argon2 (OpenSSL's Argon2), which has nothing in
// common with the engine. The first vector is RFC 9106's own, section 5.3: the script fails if OpenSSL
// does not find the tag that is printed there.
//
//   npx -y node@24 scripts/make-argon2-vectors.mjs [--check]
//
// Needs Node 24.7 or later. --check writes nothing and fails if the file is not what this script
// makes.
import { argon2Sync, createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../test/vectors/argon2id.json", import.meta.url));
const ABOUT =
  "Argon2id, version 1.3: the first vector is RFC 9106, section 5.3; the others are by Node's " +
  "crypto.argon2 (OpenSSL), written by scripts/make-argon2-vectors.mjs. Bytes are hexadecimal; " +
  "memory is in KiB; secret and associated data are empty where they are not named.";

const RFC = {
  from: "RFC 9106, section 5.3",
  password: "01".repeat(32),
  salt: "02".repeat(16),
  secret: "03".repeat(8),
  associated: "04".repeat(12),
  memory: 32,
  passes: 3,
  lanes: 4,
  tag: "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
};

/** Bytes that look random and are the same every time. */
function bytes(seed, length) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash("sha256").update(`argon2 vector ${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length).toString("hex");
}

// [memory, passes, lanes, bytes of tag, of password, of salt]
const SHAPES = [
  [8, 1, 1, 32, 0, 8],
  [8, 1, 1, 4, 1, 8],
  [9, 2, 1, 32, 8, 16],
  [11, 3, 1, 64, 50, 16],
  [12, 1, 1, 65, 99, 16],
  [16, 4, 1, 96, 127, 9],
  [17, 1, 2, 97, 20, 16],
  [31, 2, 3, 33, 40, 40],
  [64, 3, 8, 128, 60, 16],
  [100, 5, 1, 31, 60, 16],
  [128, 2, 5, 1024, 16, 16],
  [513, 1, 1, 32, 52, 16],
  [600, 2, 1, 64, 80, 16],
  [1024, 1, 1, 20, 50, 16],
  [1024, 3, 1, 64, 52, 16],
  [1024, 3, 4, 64, 52, 16],
  [2100, 1, 4, 32, 60, 16],
  [8192, 1, 1, 32, 70, 16],
  // Where H_0's message ends around blocks of 128 bytes: 28 bytes stand before the password, 12 and
  // the salt behind it.
  ...[71, 72, 73, 199, 200, 201, 500].map((size) => [32, 1, 1, 32, size, 16]),
  [32, 1, 1, 32, 10, 200],
  [32, 7, 1, 32, 10, 16],
];

const hex = (text) => Buffer.from(text, "hex");

function tag(vector, length) {
  const { password, salt, secret = "", associated = "", memory, passes, lanes } = vector;
  const parameters = {
    message: hex(password),
    nonce: hex(salt),
    secret: hex(secret),
    associatedData: hex(associated),
    parallelism: lanes,
    memory,
    passes,
    tagLength: length,
  };
  return argon2Sync("argon2id", parameters).toString("hex");
}

if (tag(RFC, RFC.tag.length / 2) !== RFC.tag) throw new Error("OpenSSL disagrees with RFC 9106");
const vectors = [RFC];
for (const [i, [memory, passes, lanes, length, password, salt]] of SHAPES.entries()) {
  const vector = {
    from: "OpenSSL",
    password: bytes(`password ${i}`, password),
    salt: bytes(`salt ${i}`, salt),
    memory,
    passes,
    lanes,
  };
  vectors.push({ ...vector, tag: tag(vector, length) });
}
const lines = vectors.map((vector) => JSON.stringify(vector)).join(",\n");
const text = `{"_about": ${JSON.stringify(ABOUT)},\n"vectors": [\n${lines}\n]}\n`;
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error("test/vectors/argon2id.json is not what this script makes");
  process.exitCode = 1;
}
