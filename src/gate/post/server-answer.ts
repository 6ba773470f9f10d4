import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { StampmillError } from "../../text/errors.ts";

/** What a server said, as far as it was JSON. */
export interface ServerAnswer {
  readonly status: number;
  /** Whatever it is: nothing in it is to be believed. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Seconds of its Retry-After header, or null. */
  readonly retryAfter: number | null;
}

export interface Question {
  readonly url: URL;
  /** JSON to be posted; without it the question is a GET. */
  readonly body?: string | undefined;
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Most bytes of an answer. A gate's have a few thousand. */
export const MAX_ANSWER = 1 << 18;

/** The server did not answer, so that nobody knows what it did. */
export class NoAnswerError extends StampmillError {}

/**
 * Asks a server once, and follows no redirection: what was minted for one is not for another.
 *
 * @throws NoAnswerError if it cannot be reached, is too slow or breaks off; StampmillError `server`
 *   if the answer is too long, is no JSON or a redirection; `aborted`
 */
export async function askServer({ url, body, timeout, signal }: Question): Promise<ServerAnswer> {
  const late = AbortSignal.timeout(timeout);
  const either = signal === undefined ? late : AbortSignal.any([late, signal]);
  try {
    const response = await request(url, body, either);
    const text = await readText(response, url);
    const { statusCode: status = 0, headers } = response;
    return { status, body: toObject(text, response, url), retryAfter: after(headers) };
  } catch (cause) {
    if (cause instanceof StampmillError) throw cause;
    if (signal?.aborted) throw new StampmillError("aborted", "posting was aborted", { cause });
    const why = late.aborted ? `no answer within ${timeout / 1000} s` : reasonOf(cause);
    throw new NoAnswerError("server", `${url.origin} cannot be asked: ${why}`, { cause });
  }
}

/** Not by fetch, which refuses some ports and does more than is wanted with what comes back. */
async function request(
  url: URL,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request: start } = await (url.protocol === "https:"
    ? import("node:https")
    : import("node:http"));
  return new Promise((resolve, reject) => {
    const sent =
      body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = start(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json", ...sent },
      // A connection of its own: none that the server has closed meanwhile.
      agent: false,
      signal,
    });
    asked.once("response", resolve);
    asked.on("error", reject);
    asked.end(body);
  });
}

async function readText(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw badAnswer(url, `more than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toObject(
  text: string,
  { statusCode: status = 0, headers }: IncomingMessage,
  url: URL,
): Readonly<Record<string, unknown>> {
  if (status >= 300 && status < 400) {
    const to = headers.location ?? "";
    throw badAnswer(url, `a redirection to ${JSON.stringify(to.slice(0, 200))}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badAnswer(url, `status ${status}, and not JSON`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw badAnswer(url, `status ${status}, and not an object`);
}

/** The error about an answer that no gate gives. */
export function badAnswer(url: URL, what: string): StampmillError {
  return new StampmillError("server", `the answer of ${url.origin} makes no sense: ${what}`, {
    hint: "is this the address of a gate? stampmill serve has GET /price and POST /posts",
  });
}

function after(headers: IncomingHttpHeaders): number | null {
  const text = headers["retry-after"] ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}

/** Several addresses that were tried in vain have an error each, and no message together. */
function reasonOf(error: unknown): string {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  return cause instanceof Error ? cause.message : String(cause);
}
