import { GitFailure, readGit } from "./run.ts";

/**
 * What git says about a commit's signature. `good` only if it is whole and its key is neither expired
 * nor revoked. Whether anybody trusts the key is not asked: whoever lists a key trusts it.
 */
export type Signature =
  | { readonly state: "good"; readonly keys: readonly string[] }
  | { readonly state: "none" | "bad" | "expired" | "revoked" | "unchecked" };

/** Git's letters (%G?): U is a good signature of a key that git knows nothing more about. */
const STATES: Record<string, Signature["state"]> = {
  G: "good",
  U: "good",
  B: "bad",
  X: "expired",
  Y: "expired",
  R: "revoked",
};

/** A fingerprint: of an ssh key as ssh-keygen -l prints it, or of an OpenPGP key. */
const KEY = /^(?:SHA256:[A-Za-z0-9+/]{43}|[0-9A-F]{40}|[0-9A-F]{64})$/;

/**
 * Has git check a signature. `keys` are the fingerprints of the key that signed and, for OpenPGP, of
 * the primary key that it belongs to.
 *
 * An ssh signature carries its public key, so it is checked without a list of signers. An OpenPGP key
 * must be in gpg's keyring: without it the state is `unchecked`. Git also calls a signature bad where
 * it cannot run ssh-keygen.
 *
 * @throws StampmillError `git` if git cannot be run
 */
export async function readSignature(commit: string): Promise<Signature> {
  // No signer is known to git: names of signers, which a file of this machine gives, have no say.
  const settings = ["-c", "gpg.ssh.allowedSignersFile=/dev/null"];
  const form = ["--no-patch", "--format=tformat:%G?%n%GF%n%GP"];
  const args = [...settings, "log", "--no-walk", ...form, "--end-of-options", commit, "--"];
  const [letter = "", ...found] = (await ask(args)).split("\n");
  const state = STATES[letter] ?? "unchecked";
  if (state !== "good") return { state };
  const keys = found.filter((key) => KEY.test(key));
  return keys.length === 0 ? { state: "unchecked" } : { state, keys };
}

/** Git itself breaks off at text that is no signature of any kind. */
async function ask(args: readonly string[]): Promise<string> {
  try {
    return await readGit(args, 10_000);
  } catch (error) {
    if (error instanceof GitFailure) return "";
    throw error;
  }
}
