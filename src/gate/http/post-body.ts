import { hash } from "node:crypto";
import { badRequest, decodeUtf8, HttpProblem, type HttpRequest, headerValues } from "./message.ts";

/** What somebody wants to post, and the stamps it is paid with. */
export interface Post {
  readonly stamps: readonly string[];
  readonly resource: string;
  /** Null if the header is to say it. */
  readonly poster: string | null;
  /** SHA-256 of the message, in lower-case hexadecimal. */
  readonly digest: string;
  /** The message itself, if it was sent along. */
  readonly message: string | null;
  readonly weight: number | undefined;
}

const KEYS = new Set(["stamps", "resource", "poster", "digest", "message", "weight"]);

/**
 * Reads the body of `POST /posts`: JSON with stamps, resource, poster, and the message or its
 * digest.
 *
 * @throws HttpProblem for anything else
 */
export function readPost(request: HttpRequest): Post {
  checkContentType(request);
  const fields = readObject(request.body);
  const { stamps, resource, poster, message, weight } = fields;
  for (const key of Object.keys(fields)) {
    if (!KEYS.has(key)) throw badRequest(`there is no key ${JSON.stringify(key)}`);
  }
  if (!(Array.isArray(stamps) && stamps.every((stamp) => typeof stamp === "string"))) {
    throw badRequest("stamps must be a list of strings");
  }
  if (typeof resource !== "string") throw badRequest("resource must be a string");
  if (poster !== undefined && typeof poster !== "string") {
    throw badRequest("poster must be a string");
  }
  if (message !== undefined && typeof message !== "string") {
    throw badRequest("message must be a string");
  }
  if (weight !== undefined && typeof weight !== "number") {
    throw badRequest("weight must be a number");
  }
  const digest = digestOf(fields.digest, message);
  return { stamps, resource, poster: poster ?? null, digest, message: message ?? null, weight };
}

/** The JSON of a form on another site would come as text/plain, without asking the browser's user. */
function checkContentType(request: HttpRequest): void {
  const types = headerValues(request.headers, "content-type");
  if (types.length === 1 && /^application\/json *(; *charset="?utf-8"?)?$/i.test(types[0] ?? "")) {
    return;
  }
  const accept = { accept: "application/json" };
  throw new HttpProblem(415, "unsupported-type", "content-type must be application/json", accept);
}

function readObject(body: Uint8Array): Record<string, unknown> {
  const text = decodeUtf8(body);
  if (text === null) throw badRequest("the body is not UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("the body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("the body must be an object");
  }
  return value as Record<string, unknown>;
}

/** A message that is there is hashed here: then nobody can have stamps for another one. */
function digestOf(digest: unknown, message: string | undefined): string {
  const named = digest === undefined ? null : readDigest(digest, "digest");
  if (message === undefined) {
    if (named === null) throw badRequest("give the digest of the message, or the message");
    return named;
  }
  // What JSON can say with \ud800 and UTF-8 cannot would be hashed as U+FFFD.
  if (/\p{Cs}/u.test(message)) throw badRequest("message holds half a character");
  const own = hash("sha256", message, "hex");
  if (named !== null && named !== own) throw badRequest("digest is not the SHA-256 of the message");
  return own;
}

/**
 * A SHA-256 in hexadecimal, in lower case.
 *
 * @throws HttpProblem with this status for anything else
 */
export function readDigest(digest: unknown, name: string, status = 400): string {
  if (typeof digest === "string" && /^[0-9a-fA-F]{64}$/.test(digest)) return digest.toLowerCase();
  const message = `${name} must be the SHA-256 of the message: 64 hexadecimal digits`;
  throw new HttpProblem(status, "bad-request", message);
}
