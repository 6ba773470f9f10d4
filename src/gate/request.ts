import type { Tariff } from "../price/price.ts";
import { advanceFor, tariffFor } from "../price/terms.ts";
import { percentEncode } from "../stamp/resource.ts";
import { badInput } from "../text/errors.ts";
import { checkName } from "./name.ts";
import type { GateSettings } from "./options.ts";
import type { QuoteRequest } from "./types.ts";

/** Longest name of a board as it stands in a stamp, percent-encoded, in characters. */
const MAX_ENCODED_LENGTH = 2048;

/** A request that was checked, and the moment at which it came. */
export interface Place {
  readonly resource: string;
  readonly poster: string;
  /** Both in one text that no other two have. */
  readonly name: string;
  readonly digest: string | undefined;
  /** The board as it stands in a stamp. */
  readonly board: string;
  readonly tariff: Tariff;
  /** Whether the poster has credit, be it 0. */
  readonly known: boolean;
  /** What the post adds to the debt, in milliseconds. */
  readonly advance: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks who wants to post what where.
 *
 * @throws StampmillError `bad-input`, its `parameter` what is missing or wrong
 */
export function readRequest(request: QuoteRequest, settings: GateSettings): Place {
  if (typeof request !== "object" || request === null) {
    throw badInput("request", "a request must be an object with resource and poster");
  }
  const { resource, poster, digest, weight } = request;
  checkName(resource, "resource");
  checkName(poster, "poster");
  if (digest !== undefined && !(typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest))) {
    throw badInput("digest", "digest must be SHA-256 in 64 digits of lower-case hexadecimal");
  }
  const board = percentEncode(resource);
  if (board.length > MAX_ENCODED_LENGTH) {
    const message = `resource may take ${MAX_ENCODED_LENGTH} characters percent-encoded`;
    throw badInput("resource", `${message}, not ${board.length}`);
  }
  const credit = request.credit ?? settings.known.get(poster) ?? null;
  return {
    resource,
    poster,
    name: `${resource.length}:${resource}${poster}`,
    digest,
    board,
    tariff: credit === null ? settings.usual : tariffFor(settings.terms, credit),
    known: credit !== null,
    advance: advanceFor(settings.terms, weight),
    now: Math.floor(settings.now()),
  };
}
