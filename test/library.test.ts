import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// Before anything of the library is loaded: no addon may be, until something is minted.
let loaded = 0;
const { dlopen } = process;
process.dlopen = (...args) => {
  loaded++;
  return dlopen.apply(process, args);
};
const library = await import("../src/index.ts");

/** What each door of the package hands out. Whatever is not here is ours alone, and may change. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "index.ts": [
    "DEFAULT_BITS",
    "DEFAULT_EXPIRES",
    "DEFAULT_GRACE",
    "MAX_EXT_LENGTH",
    "MAX_MAIL_HEADER",
    "MAX_MAIL_STAMPS",
    "MAX_MINT_BITS",
    "MAX_PATTERN_LENGTH",
    "MAX_RESOURCE_LENGTH",
    "MAX_SET",
    "MAX_STAMP_LENGTH",
    "MAX_WORK",
    "STAMP_LAYOUTS",
    "StampmillError",
    "bitsForWork",
    "checkExt",
    "checkResource",
    "createSpender",
    "createVerifier",
    "exactMatcher",
    "exportSpent",
    "extFor",
    "formatStamp",
    "formatStampDate",
    "hashesOf",
    "importSpent",
    "mint",
    "openStore",
    "parseStamp",
    "percentEncode",
    "posterKey",
    "reachesWork",
    "readMailStamps",
    "regexMatcher",
    "spentEntry",
    "verify",
    "verifyAndSpend",
    "verifyWork",
    "wildcardMatcher",
  ],
  "difficulty/index.ts": [
    "DEVICES",
    "ELECTRICITY",
    "chooseSet",
    "costOf",
    "erlangCdf",
    "erlangQuantile",
    "erlangTail",
    "hostPace",
    "hostRate",
  ],
  "engine/index.ts": [
    "ALGORITHMS",
    "DIGEST_BITS",
    "MAX_THREADS",
    "kernels",
    "leadingZeroBits",
    "limitOf",
    "measureRoofline",
    "stampDigest",
    "startSearch",
  ],
  "gate/index.ts": [
    "DEFAULT_TERMS",
    "GATE_DEFAULTS",
    "MAX_INTERVALS",
    "MAX_NAME_LENGTH",
    "MAX_PRICE",
    "STEPS",
    "advanceFor",
    "createGate",
    "createGateHandler",
    "createGuard",
    "debtAt",
    "fastifyGate",
    "fastifyGuard",
    "hashesFor",
    "honoGate",
    "honoGuard",
    "nodeGuard",
    "nodeListener",
    "priceAt",
    "priceFor",
    "readTerms",
    "sendPost",
    "takeStep",
    "tariffFor",
  ],
  "identity/index.ts": [
    "DEFAULT_CONFIDENCE",
    "DEFAULT_POWER",
    "DEFAULT_PROOF_AGE",
    "DEFAULT_SKETCH_SIZE",
    "DEFAULT_UNIT",
    "MAX_CHALLENGE_LENGTH",
    "MAX_IDENTITY_LENGTH",
    "MAX_SCORED_HASHES",
    "MAX_SKETCH_SIZE",
    "MIN_CHALLENGE_LENGTH",
    "MIN_SKETCH_SIZE",
    "PROOF_METHODS",
    "audienceOf",
    "beaconTime",
    "canonicalId",
    "checkChallenge",
    "checkProof",
    "checkSketch",
    "createChallenge",
    "creditFor",
    "digestOf",
    "ed25519Signer",
    "emptySketch",
    "estimateWork",
    "explainScore",
    "formatIdentity",
    "growSketch",
    "idOfKeyFile",
    "identityOf",
    "identitySubject",
    "isFull",
    "lowerBound",
    "mergeSketches",
    "messageOf",
    "parsePolicy",
    "proveIdentity",
    "readIdentity",
    "readPolicy",
    "scoreIdentities",
    "signerForKey",
    "sketchSubject",
    "sshSigner",
    "verifyIdentity",
  ],
};

for (const [door, names] of Object.entries(DOORS)) {
  test(`the door ${door} hands out this and nothing else`, async () => {
    const handedOut: object = await import(`../src/${door}`);
    assert.deepEqual(Object.keys(handedOut).sort(), [...names].sort());
  });
}

test("no name goes through two doors", () => {
  const all = Object.values(DOORS).flat();
  assert.equal(new Set(all).size, all.length);
});

test("every door is one of the package, and has a page that imports from it", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  const { exports } = JSON.parse(text("package.json"));
  const built = JSON.parse(text("tsconfig.types.json")).files as string[];
  const pages = ["README.md", ...readdirSync(join(root, "docs")).map((page) => `docs/${page}`)];
  const prose = pages.filter((page) => page.endsWith(".md")).map(text);
  for (const door of Object.keys(DOORS)) {
    const name = posix.join("stampmill", posix.dirname(door));
    assert.ok(exports[`.${name.slice("stampmill".length)}`], name);
    assert.ok(built.includes(`src/${door}`), door);
    assert.ok(
      prose.some((page) => page.includes(`from "${name}";`)),
      name,
    );
  }
});

test("verify loads no addon; mint does", async () => {
  const stamp = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
  const resources = ["foo@bar.example"];
  assert.equal(library.verify(stamp, { bits: 20, resources, now: Date.UTC(2024, 2) }).valid, true);
  assert.equal(loaded, 0);
  await library.mint({ resource: "foo", bits: 4 });
  assert.equal(loaded, 1);
});
