import type { Algorithm } from "../../engine/algorithms.ts";
import { DEFAULT_ANSWER_TIMEOUT, readBase } from "../../gate/post/post.ts";
import { readQuote } from "../../gate/post/quote.ts";
import { askServer, badAnswer } from "../../gate/post/server-answer.ts";
import { StampmillError } from "../../text/errors.ts";

/** Who wants to post what where. */
export interface PriceQuestion {
  readonly resource: string;
  readonly poster: string;
  readonly weight?: number | undefined;
}

/** What a running gate says of a price: less than its store would. */
export interface ToldPrice {
  /** Bits. */
  readonly price: number;
  readonly algorithm: Algorithm;
  /** Milliseconds. */
  readonly debt: number;
  readonly cheapAt: string | null;
  readonly explanation: string;
}

/** Stands for the digest in the resource of a quote that was asked for without one. */
const NO_DIGEST = "{digest}";

/**
 * Asks a running gate what a post costs now (GET URL/price).
 *
 * @throws StampmillError `bad-input` for a wrong URL, `server` if it cannot be asked or its answer
 * makes no sense
 */
export async function askGate(to: string, question: PriceQuestion): Promise<ToldPrice> {
  const { resource, poster, weight } = question;
  const query = new URLSearchParams({ resource, poster });
  if (weight !== undefined) query.set("weight", String(weight));
  const url = new URL(`${readBase(to)}/price?${query}`);
  const { status, body } = await askServer({ url, timeout: DEFAULT_ANSWER_TIMEOUT });
  if (status !== 200) {
    const { message } = body;
    const why = typeof message === "string" ? `: ${message.slice(0, 300)}` : "";
    throw new StampmillError("server", `${url.origin} answers with status ${status}${why}`);
  }
  const { price, algorithm, explanation } = readQuote(body, url, resource, NO_DIGEST);
  const { debt, cheapAt } = body;
  if (!(typeof debt === "number" && debt >= 0 && Number.isFinite(debt))) {
    throw badAnswer(url, "debt is none");
  }
  const told = { price, algorithm, debt, explanation: explanation ?? "" };
  return { ...told, cheapAt: readInstant(cheapAt, url) };
}

function readInstant(text: unknown, url: URL): string | null {
  if (text === null) return null;
  // Milliseconds, which people do not type.
  if (typeof text !== "string" || Number.isNaN(Date.parse(text)) || text.length > 30) {
    throw badAnswer(url, "cheapAt is no time");
  }
  return new Date(text).toISOString();
}
