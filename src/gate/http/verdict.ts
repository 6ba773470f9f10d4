import { StampmillError } from "../../text/errors.ts";
import type { GateVerdict, Quote } from "../types.ts";
import { HttpProblem, type HttpResponse, jsonResponse, REASON_HEADER } from "./message.ts";

/** Seconds after which it is worth asking again when the store is away. */
const RETRY_AFTER = "2";

/**
 * What a call of the gate comes to, its errors turned into answers.
 *
 * @throws HttpProblem 400 for what the gate does not take, 503 if its store failed
 */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StampmillError && error.code === "bad-input") {
      throw new HttpProblem(400, "bad-request", error.message);
    }
    // The message may name the store's host; that is for the log, not for strangers.
    if (error instanceof StampmillError && error.code === "store") {
      const message = "the store failed, and nothing was accepted";
      const problem = new HttpProblem(503, "store-failed", message, { "retry-after": RETRY_AFTER });
      problem.cause = error;
      throw problem;
    }
    throw error;
  }
}

/** `X-Hashcash` headers as stamps: one a header, or several between commas or blanks. */
export function readStamps(headers: readonly string[]): string[] {
  // A resource may hold a comma; what follows one that separates is the version of the next stamp.
  return headers
    .flatMap((text) => text.split(/\s*,(?:\s+|$)|\s+,?|,(?=[01]:)/))
    .filter((s) => s !== "");
}

/** The price in headers, for clients behind a proxy that passes on nothing else. */
export function priceHeaders(quote: Quote): Record<string, string> {
  return {
    "x-stampmill-price": String(quote.price),
    "x-stampmill-bits": String(quote.bits),
    "x-stampmill-count": String(quote.count),
    "x-stampmill-algorithm": quote.algorithm,
    "x-stampmill-resource": quote.resource,
    "x-stampmill-holds": String(quote.holds),
  };
}

/** The answer to a post: 201 if it was accepted, or else 402 with what it costs now. */
export function verdictResponse(
  verdict: GateVerdict,
  { endpoint, stamps }: { endpoint: string; stamps: number },
): HttpResponse {
  // The stamps themselves are not sent back: a flood is not to be answered with a greater one.
  const body = { ...verdict, stamps: verdict.stamps.map(({ reason }) => reason) };
  if (verdict.accepted) {
    return jsonResponse(201, body, { endpoint, reason: null, paid: verdict.price, stamps });
  }
  const { reason } = verdict;
  return jsonResponse(402, body, { endpoint, reason, stamps }, { [REASON_HEADER]: reason });
}
