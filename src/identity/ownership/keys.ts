/** The kinds of OpenSSH keys that sign: DSA is too weak, and a certificate is no key. */
const SSH_KEY =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+=*$/;

/** How a proof is signed: with Ed25519 itself, or by OpenSSH. */
export const PROOF_METHODS = ["ed25519", "ssh"] as const;
export type ProofMethod = (typeof PROOF_METHODS)[number];

/** The ways in which the owner of an id can sign; none if the id is no key. */
export function methodsFor(id: string): readonly ProofMethod[] {
  if (!SSH_KEY.test(id)) return [];
  return id.startsWith("ssh-ed25519 ") ? PROOF_METHODS : ["ssh"];
}

/** Why nobody can prove here that this id is theirs, for one without a method. */
export function whyUnprovable(id: string): string {
  if (id.startsWith("npub1")) {
    return "a Nostr key signs by BIP 340 (Schnorr over secp256k1), which is not supported here";
  }
  if (/^(?:sk-|ssh-|ecdsa-)/.test(id)) return "OpenSSH makes no signatures with this kind of key";
  return "it is no key, so there is nothing to sign with: who owns it cannot be proven here";
}
