import { badInput, StampmillError } from "../../text/errors.ts";
import type { Identity } from "../format.ts";
import { idOfKeyFile } from "../id.ts";
import { audienceOf, checkAudience, checkChallenge } from "./challenge.ts";
import { isSigned } from "./check.ts";
import { publicPem, readEd25519Key, signEd25519 } from "./ed25519.ts";
import { methodsFor, type ProofMethod, whyUnprovable } from "./keys.ts";
import { claimOf, formatProof, signedText } from "./proof.ts";
import { signWithSsh } from "./ssh-keygen.ts";
import { signerOf } from "./ssh-signature.ts";

/** A key that signs. */
export interface ProofSigner {
  readonly method: ProofMethod;
  /** The signature over a text, in base64, and the id of the key that made it. */
  sign(text: string): Promise<{ readonly signature: string; readonly id: string }>;
}

/**
 * The signer for a key file: an Ed25519 key in PEM signs here; an OpenSSH key, private or (with an
 * agent) public, by `ssh-keygen`, which finds the file by its name.
 *
 * @param text what the file holds
 * @throws StampmillError `bad-input` if it is no such key
 */
export function signerForKey(file: string, text: string): ProofSigner {
  if (/^-----BEGIN OPENSSH PRIVATE KEY-----/.test(text)) return sshSigner(file);
  if (/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text)) return ed25519Signer(text);
  if (/^(?:sk-)?(?:ssh|ecdsa)-[^ ]+ /.test(text)) return sshSigner(file);
  throw badInput(
    "key",
    "this is no key that signs",
    "give an OpenSSH key, its .pub file where the agent has it, or Ed25519 in PEM (PKCS #8)",
  );
}

/** Signs with Ed25519 itself. */
export function ed25519Signer(pem: string): ProofSigner {
  const key = readEd25519Key(pem);
  const id = idOfKeyFile(publicPem(key));
  return {
    method: "ed25519",
    sign: async (text) => ({ signature: signEd25519(key, text), id }),
  };
}

/** Signs with `ssh-keygen -Y sign`. */
export function sshSigner(file: string): ProofSigner {
  return {
    method: "ssh",
    async sign(text) {
      const signature = await signWithSsh(file, text);
      return { signature, id: signerOf(signature) ?? "" };
    },
  };
}

export interface ProveOptions {
  /** What whoever wants the proof gave out for it. */
  challenge: string;
  /** Sign only if the challenge says that it is from this one: see `createChallenge`. */
  audience?: string | undefined;
  /** Milliseconds since 1970; the clock by default. */
  now?: number | undefined;
}

/**
 * Proves that the identity is the signer's: a line of JSON for whoever gave the challenge. Its
 * signature is checked before it is handed over.
 *
 * @throws StampmillError `bad-input` if the id is no key, or not this one, or another one asks; `ssh` if ssh-keygen
 * is missing or cannot sign
 */
export async function proveIdentity(
  identity: Identity,
  signer: ProofSigner,
  { challenge, audience, now = Date.now() }: ProveOptions,
): Promise<string> {
  checkChallenge(challenge);
  if (audience !== undefined && audienceOf(challenge) !== checkAudience(audience)) {
    const from = audienceOf(challenge) ?? "nobody";
    throw badInput("challenge", `the challenge is from ${from}, not from ${audience}`);
  }
  const { id } = identity;
  const methods = methodsFor(id);
  if (methods.length === 0) {
    throw badInput("id", `nothing can be proven about ${id}: ${whyUnprovable(id)}`);
  }
  const { method } = signer;
  const claim = claimOf(identity, challenge, now);
  const signed = await signer.sign(signedText(claim));
  if (signed.id !== id || !methods.includes(method)) {
    throw badInput("key", `the key is not the identity's: it is ${signed.id}, not ${id}`);
  }
  const proof = { ...claim, method, signature: signed.signature };
  if (await isSigned(proof)) return formatProof(proof);
  throw new StampmillError("ssh", "the signature that was made is not good");
}
