/** A request as the gate knows it, whichever server took it. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as they came, such as `/price?resource=forum&poster=alice`. */
  readonly target: string;
  /** By lower-case name; several of one name as a list, or joined with ", ". */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** All of it. */
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For logs and metrics; not sent. */
  readonly outcome: Outcome;
}

/** What a request came to. */
export interface Outcome {
  /** `price`, `posts`, `auth`, `guard`, or `none` for a path that is none of these. */
  readonly endpoint: string;
  /** Why nothing was accepted, or null. */
  readonly reason: string | null;
  /** Of a post that was accepted: its price in bits. */
  readonly paid?: number;
  /** Stamps that came with it. */
  readonly stamps?: number;
  /** What is not for the client to know. */
  readonly detail?: string;
}

/** Ends a request with an answer that says what was wrong with it. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }
}

/** The problem with a request that its sender can mend. */
export function badRequest(message: string): HttpProblem {
  return new HttpProblem(400, "bad-request", message);
}

/** Says why nothing was accepted, where a proxy drops the body. */
export const REASON_HEADER = "x-stampmill-reason";

const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  // A price is the price of this moment, and a post is made once.
  "cache-control": "no-store",
};

/** An answer in JSON. */
export function jsonResponse(
  status: number,
  value: unknown,
  outcome: Outcome,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const body = `${JSON.stringify(value)}\n`;
  return { status, headers: { ...JSON_HEADERS, ...headers }, body, outcome };
}

/** The answer to a request that came to nothing: `{"reason": …, "message": …}`. */
export function problemResponse(problem: HttpProblem, endpoint: string): HttpResponse {
  const { status, reason, message } = problem;
  const headers = { [REASON_HEADER]: reason, ...problem.headers };
  const detail = problem.cause instanceof Error ? { detail: problem.cause.message } : {};
  return jsonResponse(status, { reason, message }, { endpoint, reason, ...detail }, headers);
}

/** Every value of a header, by its lower-case name. */
export function headerValues(headers: HttpRequest["headers"], name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text in UTF-8; null for bytes that are none, so that no two inputs become one. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The one value of a header that decides something, as UTF-8; null if there is none.
 *
 * Servers hand over bytes as latin1. Of several values nobody knows which the proxy set and which a
 * stranger did; some servers join them with commas, so that a comma is refused too.
 *
 * @throws HttpProblem for more than one value, a comma, or bytes that are not UTF-8
 */
export function onlyHeader(headers: HttpRequest["headers"], name: string): string | null {
  const [value, ...more] = headerValues(headers, name);
  if (value === undefined) return null;
  if (more.length > 0 || value.includes(",")) {
    throw badRequest(`the header ${name} must come once, and without a comma`);
  }
  if (/^[\0-\x7f]*$/.test(value)) return value;
  const text = decodeUtf8(Buffer.from(value, "latin1"));
  if (text === null) throw badRequest(`the header ${name} is not UTF-8`);
  return text;
}

/**
 * The parameters of a query, each given once.
 *
 * @throws HttpProblem for a parameter that is not among `names` or comes twice, for what should
 * have been escaped, and for an escape that is none or not UTF-8: `URLSearchParams` would put U+FFFD
 * for all of these alike
 */
export function readQuery<Name extends string>(
  query: string,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  if (!/^[!-~]*$/.test(query)) throw badRequest("what is not ASCII must be percent-encoded");
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const given = decodeEscapes(cut < 0 ? pair : pair.slice(0, cut));
    const name = names.find((known) => known === given);
    if (name === undefined) {
      throw badRequest(`there is no parameter ${JSON.stringify(given)}: ${names.join(", ")}`);
    }
    if (found[name] !== undefined) throw badRequest(`the parameter ${name} is given twice`);
    found[name] = cut < 0 ? "" : decodeEscapes(pair.slice(cut + 1));
  }
  return found;
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw badRequest("the query has an escape that is none, or not UTF-8");
  }
}
