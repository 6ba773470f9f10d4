import { createPublicKey } from "node:crypto";
import { badInput } from "../text/errors.ts";
import { isNpub } from "./bech32.ts";

/** Longest id, in bytes of UTF-8: an RSA key of 8192 bits in OpenSSH's form has 1385. */
export const MAX_ID_BYTES = 2048;

/** Longest key file, in characters. */
export const MAX_KEY_FILE = 16_384;

/**
 * The one way in which an id is written, for work on two spellings of it would be two sketches.
 *
 * - An OpenSSH public key loses its comment; an Ed25519 key has this form, too.
 * - A Nostr npub is in lower case, and its checksum is right.
 * - An e-mail address has its domain in lower case.
 * - Anything else stays as it is: one line of printable text in Unicode's normalization form C,
 *   without characters that cannot be seen or told from a space.
 *
 * @throws StampmillError `bad-input` for what cannot be written so, or more than 2048 bytes
 */
export function canonicalId(text: string): string {
  const line = checkLine("id", text, MAX_ID_BYTES).normalize("NFC");
  if (line === "") throw badInput("id", "the id is empty");
  if (/^(?:ssh|sk-ssh|ecdsa-sha2|sk-ecdsa-sha2)-[^ ]+ /.test(line)) return opensshId(line);
  if (/^npub1/i.test(line)) return npubId(line);
  const [, local, domain = ""] = /^([^ @]+)@([^ @]+)$/.exec(line) ?? [];
  return local === undefined ? line : `${local}@${lowerCase(domain)}`;
}

/**
 * The id of a public key: what a file of OpenSSH (`id_ed25519.pub`) holds, or an Ed25519 key in PEM.
 *
 * @throws StampmillError `bad-input` for anything else
 */
export function idOfKeyFile(text: string): string {
  const hint = "give the public key: an OpenSSH .pub file, or Ed25519 in PEM";
  if (text.length > MAX_KEY_FILE) {
    throw badInput("key", `a key file has at most ${MAX_KEY_FILE} characters`);
  }
  if (/PRIVATE KEY/.test(text)) throw badInput("key", "this is a private key", hint);
  if (text.startsWith("-----BEGIN PUBLIC KEY-----")) return pemId(text, hint);
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const [line = ""] = lines;
  // "ssh-" alone would do for most; certificates and the rest are refused below.
  if (lines.length === 1 && /^[a-z0-9@.-]+ [A-Za-z0-9+/]+=* ?/.test(line)) return opensshId(line);
  throw badInput("key", "this is no public key", hint);
}

/**
 * Passes on one line of printable text, as ids and beacons are.
 *
 * @throws StampmillError `bad-input` for anything else, or more than so many bytes
 */
export function checkLine(parameter: string, text: string, bytes: number): string {
  if (typeof text !== "string" || Buffer.byteLength(text) > bytes) {
    throw badInput(parameter, `${parameter} must be text of at most ${bytes} bytes`);
  }
  // \p{C}: what controls, is not assigned, or cannot be seen; \p{Z}: separators of every kind.
  if (/(?! )[\p{C}\p{Z}]/u.test(text) || text !== text.trim()) {
    const what = "one line of printable text, without spaces around it or invisible characters";
    throw badInput(parameter, `${parameter} must be ${what}`);
  }
  return text;
}

/** Of A to Z only, so that every implementation comes to the same. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function npubId(text: string): string {
  const lower = lowerCase(text);
  // In mixed case it is no bech32 (BIP 173).
  if (isNpub(lower) && (text === lower || text === text.toUpperCase())) return lower;
  throw badInput("id", "the id begins like a Nostr npub, but is none: its checksum is wrong");
}

/** Type and key of a line as in id_ed25519.pub or authorized_keys, without the comment. */
function opensshId(line: string): string {
  const [type = "", key = ""] = line.split(" ");
  const blob = Buffer.from(key, "base64");
  const named =
    blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1") : "";
  const whole = type !== "ssh-ed25519" || blob.length === opensshEd25519(Buffer.alloc(32)).length;
  // The key names its type itself (RFC 4253, section 6.6); Node's base64 skips what is none.
  if (named === type && whole && blob.toString("base64") === key) return `${type} ${key}`;
  throw badInput(
    "id",
    "the id begins like an OpenSSH public key, but is none: part of it is missing or changed",
  );
}

function pemId(text: string, hint: string): string {
  let x: string | undefined;
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === "ed25519") x = key.export({ format: "jwk" }).x;
  } catch {
    // Said below.
  }
  if (x === undefined) throw badInput("key", "this is no Ed25519 public key", hint);
  return `ssh-ed25519 ${opensshEd25519(Buffer.from(x, "base64url")).toString("base64")}`;
}

/** An Ed25519 key as OpenSSH has it: two strings, each behind its length (RFC 8709, section 4). */
function opensshEd25519(key: Buffer): Buffer {
  const type = Buffer.from("ssh-ed25519");
  return Buffer.concat([lengthOf(type), type, lengthOf(key), key]);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
