import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { Identity } from "../../src/identity/format.ts";
import { idOfKeyFile } from "../../src/identity/id.ts";
import {
  audienceOf,
  createChallenge,
  timeOfChallenge,
} from "../../src/identity/ownership/challenge.ts";
import { type CheckProofOptions, checkProof } from "../../src/identity/ownership/check.ts";
import {
  claimOf,
  formatProof,
  type Proof,
  readProof,
  signedText,
} from "../../src/identity/ownership/proof.ts";
import { ed25519Signer, proveIdentity, signerForKey } from "../../src/identity/ownership/prove.ts";
import { mangled, often } from "../hostile.ts";
import { CHALLENGE, NOW, options, reasonFor as reasonOf, work } from "./proofs.ts";

const MINUTE = 60_000;

const pair = () =>
  generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const keys = pair();

const identity = await work(idOfKeyFile(keys.publicKey));
const prove = (of = identity, at = NOW, challenge = CHALLENGE) =>
  proveIdentity(of, ed25519Signer(keys.privateKey), { challenge, now: at });

const reasonFor = (line: string, of = identity, more: Partial<CheckProofOptions> = {}) =>
  reasonOf(line, of, more);

test("the owner of a key proves it, to whoever gave the challenge", async () => {
  const line = await prove();
  assert.deepEqual(await checkProof(line, identity, options), {
    valid: true,
    id: identity.id,
    method: "ed25519",
    time: NOW,
  });
  assert.match(line, /^[ -~]+$/);
});

test("a proof is of one identity, one state of its sketch, one challenge", async () => {
  const line = await prove();
  assert.equal(await reasonFor(line, await work("alice")), "id");
  assert.equal(await reasonFor(line, await work(identity.id)), "sketch");
  assert.equal(
    await reasonFor(line, identity, { challenge: createChallenge({ now: NOW }) }),
    "challenge",
  );
  // What was signed for another challenge is no answer to this one, whatever the line says.
  const other = readProof(await prove(identity, NOW, createChallenge({ now: NOW })));
  assert.ok(other !== undefined);
  assert.equal(await reasonFor(formatProof({ ...other, challenge: CHALLENGE })), "signature");
});

test("a proof does not last, and comes from no future", async () => {
  assert.equal(await reasonFor(await prove(identity, NOW - 10 * MINUTE), identity), "valid");
  assert.equal(await reasonFor(await prove(identity, NOW - 10 * MINUTE - 1000)), "too-old");
  assert.equal(await reasonFor(await prove(), identity, { now: NOW + 11 * MINUTE }), "too-old");
  assert.equal(
    await reasonFor(await prove(), identity, { now: NOW + 3000, maxAge: "2s" }),
    "too-old",
  );
  assert.equal(await reasonFor(await prove(identity, NOW + MINUTE)), "valid");
  assert.equal(await reasonFor(await prove(identity, NOW + MINUTE + 1000)), "future");
  // Whoever signs may lie about the time, but not about when the challenge was given out.
  const old = createChallenge({ now: NOW - 11 * MINUTE });
  assert.equal(
    await reasonFor(await prove(identity, NOW, old), identity, { challenge: old }),
    "too-old",
  );
  const early = createChallenge({ now: NOW + 2 * MINUTE });
  const line = await prove(identity, NOW, early);
  assert.equal(await reasonFor(line, identity, { challenge: early }), "future");
});

test("a challenge of one's own has no date, and must be long enough", async () => {
  const challenge = "correct-horse-battery";
  assert.equal(timeOfChallenge(challenge), null);
  assert.equal(timeOfChallenge("2026-02-30T00:00:00Z/AAAAAAAAAAAAAAAAAAAAAA"), null);
  assert.equal(timeOfChallenge(createChallenge({ now: NOW })), NOW);
  assert.notEqual(createChallenge({ now: NOW }), createChallenge({ now: NOW }));
  const line = await prove(identity, NOW, challenge);
  assert.equal(await reasonFor(line, identity, { challenge }), "valid");
  for (const bad of [
    "",
    "short",
    "with a space in it",
    "x".repeat(257),
    "line\nline\nline\nline",
  ]) {
    await assert.rejects(prove(identity, NOW, bad), { parameter: "challenge" });
    await assert.rejects(checkProof(line, identity, { challenge: bad }), {
      parameter: "challenge",
    });
  }
  await assert.rejects(checkProof(line, identity, { challenge, maxAge: Number.NaN }), {
    parameter: "maxAge",
  });
});

test("a challenge names who asks, so that nobody hands on the answer as his own", async () => {
  const challenge = createChallenge({ now: NOW, audience: "forum.example.org" });
  assert.equal(audienceOf(challenge), "forum.example.org");
  assert.equal(timeOfChallenge(challenge), NOW);
  assert.equal(audienceOf(createChallenge()), null);
  assert.equal(audienceOf("correct-horse-battery/forum.example.org"), null);
  const signer = ed25519Signer(keys.privateKey);
  const proveTo = (audience: string, asked = challenge) =>
    proveIdentity(identity, signer, { challenge: asked, audience, now: NOW });
  const line = await proveTo("forum.example.org");
  assert.equal(await reasonFor(line, identity, { challenge }), "valid");
  await assert.rejects(proveTo("bank.example.org"), { parameter: "challenge" });
  await assert.rejects(proveTo("forum.example.org", CHALLENGE), { parameter: "challenge" });
  for (const audience of ["", "two words", "x".repeat(201), "line\nline"]) {
    assert.throws(() => createChallenge({ audience }), { parameter: "audience" });
  }
});

test("another key, and a signature for anything else, prove nothing", async () => {
  const other = pair();
  const stranger = ed25519Signer(other.privateKey);
  await assert.rejects(proveIdentity(identity, stranger, options), {
    code: "bad-input",
    parameter: "key",
  });
  const proof = readProof(await prove());
  assert.ok(proof !== undefined);
  const by = async (text: string, signer = ed25519Signer(keys.privateKey)) =>
    reasonFor(formatProof({ ...proof, signature: (await signer.sign(text)).signature }));
  assert.equal(await by(signedText(proof)), "valid");
  assert.equal(await by(signedText(proof), stranger), "signature");
  assert.equal(await by(signedText(proof).replace("stampmill identity proof 1", "")), "signature");
  assert.equal(await by(signedText({ ...proof, time: "2026-11-24T12:00:01Z" })), "signature");
});

test("of ids that are no keys it is said that nothing can be proven", async () => {
  const signer = ed25519Signer(keys.privateKey);
  const npub = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
  for (const [id, why] of [
    ["alice@example.org", /it is no key/],
    [npub, /BIP 340/],
  ] as const) {
    const of = await work(id);
    await assert.rejects(proveIdentity(of, signer, options), { parameter: "id", message: why });
    const proof = { ...(readProof(await prove()) as Proof), id };
    const verdict = await checkProof(formatProof({ ...proof, ...claim(of) }), of, options);
    assert.ok(!verdict.valid && verdict.reason === "unprovable");
    assert.match(verdict.detail, why);
  }
});

/** The sketch's digest as a proof of this identity has it. */
function claim(of: Identity): Pick<Proof, "sketch"> {
  return { sketch: claimOf(of, CHALLENGE, NOW).sketch };
}

test("keys that do not sign here are refused with the reason", () => {
  const encrypted = generateKeyPairSync("ed25519").privateKey.export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const refused: [text: string, why: RegExp][] = [
    [String(encrypted), /passphrase/],
    [rsa.export({ type: "pkcs8", format: "pem" }).toString(), /no private Ed25519 key/],
    [keys.privateKey.replace(/\nMC/, "\n//"), /no private Ed25519 key/],
    [keys.publicKey, /no key that signs/],
    ["", /no key that signs/],
    ["alice@example.org", /no key that signs/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => signerForKey("key", text), {
      code: "bad-input",
      parameter: "key",
      message,
    });
  }
});

test("hostile: no proof that was changed in any place is good", async () => {
  const good = await prove();
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.integer({ min: 32, max: 126 }))
    .map(([at, code]) => good.slice(0, at) + String.fromCharCode(code) + good.slice(at + 1));
  const lines = fc.oneof(changed, mangled([good]));
  let tried = 0;
  const property = fc.asyncProperty(lines, async (line) => {
    if (line === good) return;
    tried++;
    assert.notEqual(await reasonFor(line), "valid", line);
  });
  await fc.assert(property, often(1000));
  assert.ok(tried > 0);
  for (const extra of ["\n", " ", "\0"]) assert.equal(await reasonFor(good + extra), "malformed");
  assert.equal(await reasonFor(undefined as unknown as string), "malformed");
});
