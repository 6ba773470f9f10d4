import { hash } from "node:crypto";
import { DIGEST_BITS } from "../../engine/algorithms.ts";
import { repeatedKey } from "../../text/repeated-key.ts";

/** Longest event that is read, in bytes of its JSON. Relays take 64 KiB as a rule. */
export const MAX_NOSTR_EVENT = 2 ** 19;

/** Most bits of a target: those of the id. */
export const ID_BITS = DIGEST_BITS.sha256;

/** The fields of an event that its id is of: NIP-01. */
export interface NostrNote {
  /** 64 lower-case hexadecimal digits. */
  readonly pubkey: string;
  /** Seconds since 1970. */
  readonly created_at: number;
  /** 0 to 65535. */
  readonly kind: number;
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
}

/** An event with its id. */
export interface NostrEvent extends NostrNote {
  readonly id: string;
}

const HEX = /^[0-9a-f]{64}$/;

/** What NIP-01 escapes; every other character stands for itself, in UTF-8. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  '"': '\\"',
  "\\": "\\\\",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function quote(text: string): string {
  return `"${text.replace(/[\n"\\\r\t\b\f]/g, (character) => ESCAPES[character] ?? character)}"`;
}

/** The text whose SHA-256 in UTF-8 is the id: NIP-01, no spaces. */
export function serializeNote({ pubkey, created_at, kind, tags, content }: NostrNote): string {
  const list = tags.map((tag) => `[${tag.map(quote).join(",")}]`).join(",");
  return `[0,"${pubkey}",${created_at},${kind},[${list}],${quote(content)}]`;
}

export function idOf(note: NostrNote): string {
  return hash("sha256", serializeNote(note), "hex");
}

/** JSON as it came in UTF-8; or, as a string in `problem`, why it is none or means two things. */
export function readJson(bytes: Uint8Array): { value: unknown } | { problem: string } {
  if (bytes.length > MAX_NOSTR_EVENT) {
    return { problem: `it is longer than ${MAX_NOSTR_EVENT} bytes` };
  }
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "it is not UTF-8" };
  }
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "it is not JSON" };
  }
  const twice = repeatedKey(text);
  return twice === null
    ? { value }
    : { problem: `it has the field ${JSON.stringify(twice)} twice` };
}

/** Whether it is an object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The fields of a note; or in words what is wrong with them.
 *
 * @param now what created_at is if it is not there; without it, it has to be
 */
export function readNote(
  value: Readonly<Record<string, unknown>>,
  now?: number,
): NostrNote | string {
  const { pubkey, kind, tags, content, created_at = now } = value;
  if (typeof pubkey !== "string" || !HEX.test(pubkey)) {
    return "pubkey is not 64 lower-case hexadecimal digits";
  }
  if (!isCount(created_at, Number.MAX_SAFE_INTEGER)) return "created_at is not a whole number";
  if (!isCount(kind, 65535)) return "kind is not a whole number from 0 to 65535";
  if (!Array.isArray(tags) || !tags.every(isTag)) return "tags is not a list of lists of text";
  if (typeof content !== "string") return "content is not text";
  if (![content, ...tags.flat()].every((text: string) => isWellFormed(text))) {
    return "its text has half a surrogate pair, which UTF-8 cannot write";
  }
  return { pubkey, created_at, kind, tags, content };
}

/** The event; or in words what is wrong with it. Fields that NIP-01 does not name are left out. */
export function readEvent(value: unknown): NostrEvent | string {
  if (!isObject(value)) return "it is not an object";
  const { id } = value;
  if (typeof id !== "string" || !HEX.test(id)) return "id is not 64 lower-case hexadecimal digits";
  const note = readNote(value);
  return typeof note === "string" ? note : { id, ...note };
}

function isCount(value: unknown, most: number): value is number {
  return (
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most && !Object.is(value, -0)
  );
}

function isTag(tag: unknown): tag is string[] {
  return Array.isArray(tag) && tag.every((item) => typeof item === "string");
}

/** No half of a surrogate pair: with the flag u, a pair is one character of another kind. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
