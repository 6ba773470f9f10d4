import { type ExecFileException, execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StampmillError } from "../../text/errors.ts";

/**
 * What OpenSSH binds a signature to besides the message, so that one made for anything else (a
 * commit, a mail) is none of ours: `-n` of ssh-keygen.
 */
export const SSH_NAMESPACE = "stampmill-identity-proof";

/** Milliseconds for a person to type a passphrase or touch a hardware key. */
const SIGN_TIME_OUT = 120_000;

/** Milliseconds for a check, which asks nobody. */
const VERIFY_TIME_OUT = 30_000;

/** Most bytes that ssh-keygen may answer: a signature with the largest RSA key is below 6 KiB. */
const MAX_ANSWER = 1 << 16;

/** Who signs, in the file of allowed signers; any name, since the key alone decides. */
const SIGNER = "owner";

const NEEDED = "OpenSSH keys need ssh-keygen of OpenSSH 8.1 or later";

const START = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";

/**
 * Signs with `ssh-keygen -Y sign` (OpenSSH 8.1 or later). A passphrase is asked for by ssh-keygen
 * itself, on the terminal or through SSH_ASKPASS; with a public key the agent signs.
 *
 * @returns the signature's base64, without its armour
 * @throws StampmillError `ssh` if ssh-keygen is missing, cannot sign, or takes over two minutes
 */
export async function signWithSsh(keyFile: string, message: string): Promise<string> {
  // Behind "-f" a name that begins with "-" is still a name.
  const args = ["-Y", "sign", "-f", keyFile, "-n", SSH_NAMESPACE];
  const { code, stdout, stderr } = await runSshKeygen(args, message, SIGN_TIME_OUT);
  const lines = stdout.trim().split("\n");
  if (code !== 0 || lines.shift() !== START || lines.pop() !== END) {
    throw new StampmillError("ssh", `ssh-keygen cannot sign: ${firstLine(stderr)}`, {
      hint: "a key with a passphrase needs a terminal, or ssh-add and the .pub file as --key",
    });
  }
  return lines.join("");
}

/**
 * Whether the signature is one by this key over this message, as `ssh-keygen -Y verify` says.
 *
 * @param publicKey type and base64, as in an `authorized_keys` file, no options and no comment
 * @param timeout milliseconds, 30 s by default
 * @throws StampmillError `ssh` if ssh-keygen is missing, too old or too slow
 */
export async function verifyWithSsh(
  publicKey: string,
  message: string,
  signature: string,
  timeout = VERIFY_TIME_OUT,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "stampmill-ssh-"));
  try {
    const signers = join(folder, "allowed_signers");
    const signed = join(folder, "signature");
    await writeFile(signers, `${SIGNER} namespaces="${SSH_NAMESPACE}" ${publicKey}\n`);
    await writeFile(signed, armour(signature));
    const args = ["-Y", "verify", "-f", signers, "-I", SIGNER, "-n", SSH_NAMESPACE, "-s", signed];
    const { code, stdout, stderr } = await runSshKeygen(args, message, timeout);
    if (/(?:unknown|illegal|invalid) option/.test(stderr)) throw tooOld(stderr);
    return code === 0 && stdout.startsWith(`Good "${SSH_NAMESPACE}" signature for ${SIGNER} `);
  } catch (error) {
    if (error instanceof StampmillError) throw error;
    const { message: why } = error as Error;
    throw new StampmillError("ssh", `cannot prepare ssh-keygen's files: ${why}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function armour(base64: string): string {
  return `${START}\n${base64.replace(/.{1,70}/g, "$&\n")}${END}\n`;
}

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runSshKeygen(args: readonly string[], input: string, timeout: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Not execFile's own time-out, which keeps the process alive where nothing can be started. It
    // ends by SIGTERM, on which ssh-keygen gives the terminal back its echo.
    const signal = AbortSignal.timeout(timeout);
    const options = { signal, maxBuffer: MAX_ANSWER, encoding: "latin1" };
    const child = execFile("ssh-keygen", args, options as { encoding: "latin1" }, (...ended) => {
      const [error, stdout, stderr] = ended;
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else reject(failure(error, signal.aborted, timeout));
    });
    // It may end before it has read everything.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

function failure(error: ExecFileException, late: boolean, timeout: number): StampmillError {
  if (late) return new StampmillError("ssh", `ssh-keygen took more than ${timeout / 1000} s`);
  const details = { hint: NEEDED, cause: error };
  if (error.code === "ENOENT") return new StampmillError("ssh", "there is no ssh-keygen", details);
  return new StampmillError("ssh", `ssh-keygen cannot be run: ${error.message}`, details);
}

function tooOld(stderr: string): StampmillError {
  const message = `ssh-keygen cannot check signatures: ${firstLine(stderr)}`;
  return new StampmillError("ssh", message, { hint: NEEDED });
}

/** What ssh-keygen complains of, in one line; of a key that others can read it does so in a frame. */
function firstLine(stderr: string): string {
  const lines = stderr.slice(0, MAX_ANSWER).split(/\r?\n/);
  return lines.find((line) => /^[^@\s]/.test(line))?.slice(0, 200) ?? "no reason given";
}
