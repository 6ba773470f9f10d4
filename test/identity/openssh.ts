import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Why tests with keys of OpenSSH are skipped, or false; with CI=true they may not be. */
export const noSshKeygen =
  // ssh-keygen has no option that does nothing: -? is refused, and shows that it is there.
  spawnSync("ssh-keygen", ["-?"]).error !== undefined && !process.env.CI
    ? "ssh-keygen is not installed: keys of OpenSSH are not tested"
    : false;

/** Makes a key without a passphrase unless one is given; its file, and its public line. */
export function makeSshKey(
  folder: string,
  name: string,
  { type = "ed25519", passphrase = "" } = {},
): { file: string; publicLine: string } {
  const file = join(folder, name);
  const size = type === "rsa" ? ["-b", "2048"] : [];
  const args = ["-q", "-t", type, ...size, "-N", passphrase, "-C", "a comment", "-f", file];
  execFileSync("ssh-keygen", args);
  const publicLine = readFileSync(`${file}.pub`, "utf8").trim();
  assert.match(publicLine, / a comment$/);
  return { file, publicLine };
}
