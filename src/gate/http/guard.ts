import { hash } from "node:crypto";
import { badInput } from "../../text/errors.ts";
import type { Gate } from "../types.ts";
import {
  HttpProblem,
  type HttpRequest,
  type HttpResponse,
  headerValues,
  type Outcome,
  problemResponse,
} from "./message.ts";
import { asking, priceHeaders, readStamps, verdictResponse } from "./verdict.ts";

/** A request of your own application's that is to be paid for with its `X-Hashcash` headers. */
export interface GuardedRequest {
  readonly headers: HttpRequest["headers"];
  readonly resource: string;
  readonly poster: string;
  /** SHA-256 of the message, in lower-case hexadecimal. */
  readonly digest: string;
  readonly weight?: number | undefined;
}

/** Either it is paid for, and its stamps are spent, or it must be answered with this. */
export type Admission =
  | {
      readonly admitted: true;
      /** What it paid, for your answer. */
      readonly headers: Readonly<Record<string, string>>;
      readonly outcome: Outcome;
    }
  | { readonly admitted: false; readonly response: HttpResponse };

export type Guard = (request: GuardedRequest) => Promise<Admission>;

/**
 * Lets requests through that carry stamps enough, and answers the others with 402 and the price.
 * Rejects only for a fault of its own or of the gate's.
 */
export function createGuard(gate: Gate): Guard {
  return async ({ headers, ...post }) => {
    const stamps = readStamps(headerValues(headers, "x-hashcash"));
    const seen = { endpoint: "guard", stamps: stamps.length };
    try {
      const verdict = await asking(() => gate.post({ ...post, stamps }));
      if (!verdict.accepted) {
        const response = verdictResponse(verdict, seen);
        const headers = { ...response.headers, ...priceHeaders(verdict.quote) };
        return { admitted: false, response: { ...response, headers } };
      }
      const paid = { "x-stampmill-paid": String(verdict.price) };
      const outcome = { ...seen, reason: null, paid: verdict.price };
      return { admitted: true, headers: paid, outcome };
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return { admitted: false, response: problemResponse(error, "guard") };
    }
  };
}

/** Whom and what a request of your application's is to be paid for by and for. */
export interface GuardOptions<Request> {
  readonly resource: string | ((request: Request) => string | Promise<string>);
  /**
   * Who posts, as your application knows it, and not as the client says: whoever may choose a name
   * for every post pays for the first one each time. Null, if nobody is known, is answered with 403.
   */
  readonly poster: (request: Request) => string | null | Promise<string | null>;
  /** How much more than one post this one is; 1 by default. */
  readonly weight?: ((request: Request, message: Uint8Array) => number) | undefined;
}

/** A guard for requests of a framework's own kind. The message is what is digested, byte by byte. */
export function guardRequests<Request>(
  gate: Gate,
  options: GuardOptions<Request>,
): (request: Request, headers: HttpRequest["headers"], message: Uint8Array) => Promise<Admission> {
  const { resource, poster, weight } = options;
  if (typeof resource !== "string" && typeof resource !== "function") {
    throw badInput("resource", "resource must be a text, or a function of the request");
  }
  if (typeof poster !== "function") {
    throw badInput("poster", "poster must be a function of the request");
  }
  const guard = createGuard(gate);
  return async (request, headers, message) => {
    const name = await poster(request);
    if (typeof name !== "string" || name === "") {
      const problem = new HttpProblem(403, "no-poster", "nobody is known to post");
      return { admitted: false, response: problemResponse(problem, "guard") };
    }
    return guard({
      headers,
      resource: typeof resource === "string" ? resource : await resource(request),
      poster: name,
      digest: hash("sha256", message, "hex"),
      weight: weight?.(request, message),
    });
  };
}
