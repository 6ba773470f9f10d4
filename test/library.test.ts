import assert from "node:assert/strict";
import { test } from "node:test";

// Before anything of the library is loaded: no addon may be, until something is minted.
let loaded = 0;
const { dlopen } = process;
process.dlopen = (...args) => {
  loaded++;
  return dlopen.apply(process, args);
};
const library = await import("../src/index.ts");

test("the public library is this and nothing else", () => {
  assert.deepEqual(Object.keys(library).sort(), [
    "ALGORITHMS",
    "DEFAULT_BITS",
    "DEFAULT_BOTS",
    "DEFAULT_CONFIDENCE",
    "DEFAULT_EXPIRES",
    "DEFAULT_GRACE",
    "DEFAULT_POWER",
    "DEFAULT_PROOF_AGE",
    "DEFAULT_SET_SIZE",
    "DEFAULT_SKETCH_SIZE",
    "DEFAULT_UNIT",
    "DEFAULT_YEARS",
    "DEVICES",
    "DIGEST_BITS",
    "ELECTRICITY",
    "MAX_CHALLENGE_LENGTH",
    "MAX_EXT_LENGTH",
    "MAX_IDENTITY_LENGTH",
    "MAX_MAIL_HEADER",
    "MAX_MAIL_STAMPS",
    "MAX_MINT_BITS",
    "MAX_PATTERN_LENGTH",
    "MAX_RESOURCE_LENGTH",
    "MAX_SCORED_SKETCHES",
    "MAX_SET",
    "MAX_SKETCH_SIZE",
    "MAX_STAMP_LENGTH",
    "MAX_THREADS",
    "MAX_WORK",
    "MIN_CHALLENGE_LENGTH",
    "MIN_SKETCH_SIZE",
    "PROOF_METHODS",
    "StampmillError",
    "beaconTime",
    "bitsForWork",
    "canonicalId",
    "checkChallenge",
    "checkExt",
    "checkProof",
    "checkResource",
    "checkSketch",
    "costOf",
    "createChallenge",
    "createSpender",
    "createVerifier",
    "creditFor",
    "digestOf",
    "ed25519Signer",
    "emptySketch",
    "estimateWork",
    "exactMatcher",
    "explainScore",
    "exportSpent",
    "extFor",
    "formatIdentity",
    "formatStamp",
    "formatStampDate",
    "growSketch",
    "hashesOf",
    "idOfKeyFile",
    "identityOf",
    "identitySubject",
    "importSpent",
    "isFull",
    "kernels",
    "leadingZeroBits",
    "limitOf",
    "lowerBound",
    "measureRoofline",
    "mergeSketches",
    "messageOf",
    "mint",
    "openStore",
    "parsePolicy",
    "parseStamp",
    "percentEncode",
    "proveIdentity",
    "reachesWork",
    "readIdentity",
    "readMailStamps",
    "readPolicy",
    "regexMatcher",
    "scoreIdentities",
    "signerForKey",
    "sketchSubject",
    "spentEntry",
    "sshSigner",
    "stampDigest",
    "startSearch",
    "verify",
    "verifyAndSpend",
    "verifyIdentity",
    "verifyWork",
    "wildcardMatcher",
  ]);
});

test("verify loads no addon; mint does", async () => {
  const stamp = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
  const resources = ["foo@bar.example"];
  assert.equal(library.verify(stamp, { bits: 20, resources, now: Date.UTC(2024, 2) }).valid, true);
  assert.equal(loaded, 0);
  await library.mint({ resource: "foo", bits: 4 });
  assert.equal(loaded, 1);
});
