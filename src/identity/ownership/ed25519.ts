import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { badInput } from "../../text/errors.ts";

/** Length of a raw Ed25519 public key, which ends the form that OpenSSH writes (RFC 8709). */
const ED25519_BYTES = 32;

/** Characters of an Ed25519 signature in base64: 64 bytes. */
const SIGNATURE_LENGTH = 88;

/**
 * Reads a private Ed25519 key: PEM, PKCS #8, without a passphrase.
 *
 * @throws StampmillError `bad-input` for anything else
 */
export function readEd25519Key(pem: string): KeyObject {
  if (pem.includes("ENCRYPTED")) {
    throw badInput(
      "key",
      "the key has a passphrase, which is not asked for here",
      "openssl pkcs8 -in KEY -out PLAIN takes it off; keys of OpenSSH may keep theirs",
    );
  }
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Said below. What OpenSSL says of a damaged key helps nobody.
  }
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw badInput(
    "key",
    "this is no private Ed25519 key",
    "give an OpenSSH key, or Ed25519 in PEM: openssl genpkey -algorithm ed25519",
  );
}

/** The public half of a private key, in PEM. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/** An Ed25519 signature (RFC 8032) in base64. */
export function signEd25519(key: KeyObject, message: string): string {
  return sign(null, Buffer.from(message), key).toString("base64");
}

/** Whether it is the signature over this message by the key that the id is, `ssh-ed25519 …`. */
export function verifyEd25519(id: string, message: string, signature: string): boolean {
  if (signature.length !== SIGNATURE_LENGTH) return false;
  const blob = Buffer.from(id.slice(id.indexOf(" ") + 1), "base64");
  const x = blob.subarray(-ED25519_BYTES).toString("base64url");
  const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });
  return verify(null, Buffer.from(message), key, Buffer.from(signature, "base64"));
}
