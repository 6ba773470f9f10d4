import { createHash } from "node:crypto";
import { badInput } from "../text/errors.ts";
import { LineSplitter } from "../text/lines.ts";
import type { ReadCommit } from "./commits.ts";
import { readSignature, type Signature } from "./signature.ts";

/** Longest list of exemptions, in bytes. */
export const MAX_EXEMPTIONS = 1 << 20;

/** Longest line of it. */
const MAX_LINE = 16_384;

/** A line of the list: who or what needs no stamp. */
export interface Exemption {
  /** What proves it. An e-mail address proves nothing: whoever commits writes any. */
  readonly by: "commit" | "ssh" | "gpg" | "email";
  /** A commit's id, a key's fingerprint, or an e-mail address. */
  readonly value: string;
  /** The author's e-mail address that is asked for besides the key; null if any is good. */
  readonly author: string | null;
  /** The line of the list, from 1. */
  readonly line: number;
}

/** What the list says about a commit, and about its signature if that was looked at. */
export interface ExemptionVerdict {
  readonly exemption: Exemption | null;
  readonly signature: Signature | null;
}

/**
 * Reads a list of exemptions: one a line, `#` begins a remark.
 *
 *     commit ID
 *     ssh [author=E-MAIL] KEY-TYPE KEY, or SHA256:FINGERPRINT
 *     gpg [author=E-MAIL] FINGERPRINT
 *     email E-MAIL
 *
 * @param text of the list, byte for byte (latin1)
 * @param name of the list, for errors
 * @throws StampmillError `bad-input` if a line is anything else
 */
export function parseExemptions(text: string, name: string): Exemption[] {
  if (text.length > MAX_EXEMPTIONS) {
    throw badInput("--exempt", `${name} is longer than ${MAX_EXEMPTIONS} bytes`);
  }
  const lines = new LineSplitter(MAX_LINE);
  const all = [...lines.push(Buffer.from(text, "latin1")), ...lines.end()];
  return all.flatMap((content, i) => {
    // Not \s: among these bytes there are some of UTF-8 that it would take for blanks.
    const words = content.replace(/(?:^|[ \t])#.*$/, "").match(/[^ \t]+/g);
    if (words === null) return [];
    const fault = (problem: string) => badInput("--exempt", `${name}, line ${i + 1}: ${problem}`);
    if (content.length > MAX_LINE) throw fault(`it is longer than ${MAX_LINE} bytes`);
    return [{ ...readEntry(words, fault), line: i + 1 }];
  });
}

type Fault = (problem: string) => Error;

function readEntry(words: string[], fault: Fault): Omit<Exemption, "line"> {
  const [by = "", ...given] = words;
  if (by !== "commit" && by !== "ssh" && by !== "gpg" && by !== "email") {
    throw fault("it must begin with commit, ssh, gpg or email");
  }
  const bySignature = by === "ssh" || by === "gpg";
  const author = bySignature && given[0]?.startsWith("author=") ? given.shift() : undefined;
  const email = author?.slice("author=".length) ?? null;
  if (email !== null && !isEmail(email))
    throw fault("author= must be followed by an e-mail address");
  return { by, value: readValue(by, given, fault), author: email };
}

function readValue(by: Exemption["by"], words: string[], fault: Fault): string {
  const [first = "", second] = words;
  if (by === "ssh") return readSshKey(first, second, fault);
  if (second !== undefined) throw fault(`there is something after ${by} and its value`);
  switch (by) {
    case "commit":
      if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(first)) return first;
      throw fault("a commit must be given by its whole id, 40 or 64 hexadecimal digits");
    case "gpg": {
      const fingerprint = first.toUpperCase();
      if (/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(fingerprint)) return fingerprint;
      throw fault("a gpg key must be given by its whole fingerprint, 40 or 64 digits, no spaces");
    }
    case "email":
      if (isEmail(first)) return first;
      throw fault("email must be followed by an e-mail address");
  }
}

/** The fingerprint of an ssh key: given, or of a public key as its .pub file has it, with its remark. */
function readSshKey(first: string, second: string | undefined, fault: Fault): string {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(first)) {
    if (second === undefined) return first;
    throw fault("there is something after the fingerprint");
  }
  const blob = Buffer.from(second ?? "", "base64");
  // The key says once more of what type it is (RFC 4253, section 6.6).
  const type = Buffer.from(`\0\0\0\0${first}`, "latin1");
  type.writeUInt32BE(first.length);
  const isKey = first !== "" && blob.subarray(0, type.length).equals(type);
  if (!isKey || blob.toString("base64") !== second || /-cert-v0/.test(first)) {
    throw fault("ssh must be followed by a public key, or by its fingerprint SHA256:...");
  }
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

function isEmail(text: string): boolean {
  return /^[^ <>\p{Cc}]+@[^ <>@\p{Cc}]+$/u.test(text);
}

/**
 * Whether a commit is on the list. What can be proved goes first: an e-mail address counts only where
 * no id and no key does.
 *
 * @throws StampmillError `git` if git fails
 */
export async function findExemption(
  list: readonly Exemption[],
  { id, author, signed }: ReadCommit,
): Promise<ExemptionVerdict> {
  const byId = list.find(({ by, value }) => by === "commit" && value === id);
  if (byId !== undefined) return { exemption: byId, signature: null };
  const byKey = list.filter(({ by }) => by === "ssh" || by === "gpg");
  const signature = await signatureOf(id, signed, byKey.length > 0);
  const keys = signature?.state === "good" ? signature.keys : [];
  const exemption =
    byKey.find((each) => keys.includes(each.value) && [null, author].includes(each.author)) ??
    list.find(({ by, value }) => by === "email" && value === author);
  return { exemption: exemption ?? null, signature };
}

async function signatureOf(
  id: string,
  signed: boolean,
  wanted: boolean,
): Promise<Signature | null> {
  if (!wanted) return null;
  return signed ? await readSignature(id) : { state: "none" };
}
