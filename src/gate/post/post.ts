import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { StampPlan } from "../../price/payment.ts";
import { type MintedStamp, type MintOptions, mint } from "../../stamp/mint.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { checkName } from "../name.ts";
import { type AskedPrice, MAX_EXPLANATION, readPlan, readQuote } from "./quote.ts";
import { askServer, badAnswer, NoAnswerError, type ServerAnswer } from "./server-answer.ts";

/** Most that a post may cost unless said otherwise, in bits: seconds, on a machine of today. */
export const DEFAULT_MAX_BITS = 28;

/** How long an answer may take unless said otherwise, in milliseconds. */
export const DEFAULT_ANSWER_TIMEOUT = 10_000;

/** Longest that one may be allowed, in milliseconds. */
const MAX_ANSWER_TIMEOUT = 3_600_000;

/** How often a post is sent until its stamps are enough. */
const MAX_ROUNDS = 6;

/** How often a question is asked again after a failure that may pass. */
const MAX_RETRIES = 4;

/** Longest pause before that, in milliseconds. */
const MAX_PAUSE = 8000;

export interface SendOptions {
  /** The gate: `/price` and `/posts` are below it. */
  readonly to: string | URL;
  readonly resource: string;
  readonly poster: string;
  /** The message, sent along; or its SHA-256 in hexadecimal, if the message goes another way. */
  readonly message: string | { readonly digest: string };
  readonly weight?: number | undefined;
  /** The highest price that is paid, in bits; 28 by default. Never twice as much is minted. */
  readonly maxBits?: number | undefined;
  /** Milliseconds for each answer of the server; 10,000 by default. */
  readonly timeout?: number | undefined;
  readonly threads?: number | undefined;
  /** Mint only while nothing else wants the processor; false by default. */
  readonly nice?: boolean | undefined;
  readonly kernel?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Mints a stamp; `mint` by default. */
  readonly mint?:
    | ((options: MintOptions & { bits: number }, label: string) => Promise<MintedStamp>)
    | undefined;
}

/** What became of a post. */
export interface SendReport {
  readonly accepted: boolean;
  /** Why not; `too-expensive` if it costs more than `maxBits`. */
  readonly reason: string | null;
  /** What the server says to that, cut to 300 characters; null if it was accepted. */
  readonly explanation: string | null;
  /** In bits: the price when it was accepted, or what it costs now; null if that is not known. */
  readonly price: number | null;
  readonly resource: string;
  readonly poster: string;
  readonly digest: string;
  /** Stamps that it was paid with. */
  readonly stamps: number;
  /** Hashes computed. */
  readonly tries: number;
  /** Seconds spent on them. */
  readonly seconds: number;
  /** How often it was sent. */
  readonly rounds: number;
}

/**
 * Asks a gate for the price of a message, mints stamps for it and posts it. If the price has risen
 * meanwhile what is missing is minted, a few times at most.
 *
 * @throws StampmillError `bad-input` if an option is wrong; `server` if the gate cannot be asked, or
 *   its answers make no sense; `engine`, `aborted`
 */
export function sendPost(options: SendOptions): Promise<SendReport> {
  return new Sending(options).send();
}

class Sending {
  readonly #options: SendOptions;
  readonly #base: string;
  readonly #digest: string;
  readonly #maxBits: number;
  readonly #timeout: number;
  /** Good so far, all for the resource of `#asked`. */
  #stamps: string[] = [];
  #tries = 0;
  #seconds = 0;
  /** Expected hashes of all that was minted. */
  #work = 0;
  #rounds = 0;
  /** An answer to a post was lost: it may have been accepted. */
  #lost = false;

  constructor(options: SendOptions) {
    const { message, maxBits = DEFAULT_MAX_BITS } = options;
    this.#options = options;
    this.#base = readBase(options.to);
    this.#digest = typeof message === "string" ? hash("sha256", message, "hex") : message.digest;
    if (!/^[0-9a-f]{64}$/.test(this.#digest)) throw badInput("message", "digest must be SHA-256");
    if (typeof maxBits !== "number" || !(maxBits >= 0 && maxBits <= 64)) {
      throw badInput("maxBits", "maxBits must be a number from 0 to 64");
    }
    this.#maxBits = maxBits;
    checkName(options.resource, "resource");
    checkName(options.poster, "poster");
    const { timeout = DEFAULT_ANSWER_TIMEOUT } = options;
    if (typeof timeout !== "number" || !(timeout >= 1 && timeout <= MAX_ANSWER_TIMEOUT)) {
      throw badInput("timeout", "timeout must be from 1 ms to 1 hour");
    }
    this.#timeout = timeout;
  }

  async send(): Promise<SendReport> {
    const answer = await this.#askPrice();
    if (answer.status !== 200) return this.#refused(answer, this.#url("price"));
    let asked = this.#readQuote(answer.body, this.#url("price"));
    let plan: StampPlan | null = asked;
    const url = this.#url("posts");
    while (plan !== null) {
      if (asked.price > this.#maxBits) return this.#report("too-expensive", asked);
      await this.#mintMore(asked, plan);
      const { status, body } = await this.#post(url);
      if (status === 201) return this.#accepted(body, url);
      if (status !== 402) return this.#refused({ status, body }, url);
      const { reason } = body;
      if (typeof reason !== "string") throw badAnswer(url, "status 402 without a reason");
      if (reason === "spent" && this.#lost) throw lostAnswer();
      const next = this.#readQuote(body.quote, url);
      plan = this.#rounds === MAX_ROUNDS ? null : this.#planAfter(reason, body, asked, next);
      if (plan === null) return this.#report(reason, next);
      asked = next;
    }
    throw new Error("there was no plan");
  }

  /** What is to be minted after a refusal; null if that would not help. */
  #planAfter(
    reason: string,
    { missing }: ServerAnswer["body"],
    asked: AskedPrice,
    next: AskedPrice,
  ): StampPlan | null {
    const sameSalt = next.resource === asked.resource;
    if (reason === "underpaid" && sameSalt && missing !== null) {
      return readPlan(missing, this.#url("posts"));
    }
    // With another salt, or if they were spent while the store failed, the stamps buy nothing.
    if (sameSalt && reason !== "underpaid" && reason !== "spent") return null;
    this.#stamps = [];
    return next;
  }

  #accepted({ price }: ServerAnswer["body"], url: URL): SendReport {
    if (typeof price !== "number") throw badAnswer(url, "accepted without a price");
    return this.#report(null, { price, explanation: null });
  }

  /** Neither accepted nor a matter of the price: a no with its reason, or a failure. */
  #refused({ status, body }: Pick<ServerAnswer, "status" | "body">, url: URL): SendReport {
    const { reason, message } = body;
    const explanation = typeof message === "string" ? message.slice(0, MAX_EXPLANATION) : null;
    if (status >= 400 && status < 500 && typeof reason === "string") {
      return this.#report(reason.slice(0, MAX_EXPLANATION), { price: null, explanation });
    }
    const said = explanation === null ? "" : `: ${explanation}`;
    throw new StampmillError("server", `${url.origin} answers with status ${status}${said}`);
  }

  #report(
    reason: string | null,
    { price, explanation }: { price: number | null; explanation: string | null },
  ): SendReport {
    const { resource, poster } = this.#options;
    return {
      accepted: reason === null,
      reason,
      explanation,
      price,
      resource,
      poster,
      digest: this.#digest,
      stamps: this.#stamps.length,
      tries: this.#tries,
      seconds: this.#seconds,
      rounds: this.#rounds,
    };
  }

  #askPrice(): Promise<ServerAnswer> {
    const { resource, poster, weight } = this.#options;
    const url = this.#url("price");
    url.search = new URLSearchParams({
      resource,
      poster,
      digest: this.#digest,
      ...(weight === undefined ? {} : { weight: String(weight) }),
    }).toString();
    return this.#ask(url);
  }

  #readQuote(quote: unknown, url: URL): AskedPrice {
    return readQuote(quote, url, this.#options.resource, this.#digest);
  }

  async #mintMore(asked: AskedPrice, { bits, count }: StampPlan): Promise<void> {
    this.#work += count * 2 ** bits;
    // Honest gates ask for a little more than the price, since stamps are whole.
    if (this.#work > 2 * 2 ** this.#maxBits) {
      throw badAnswer(this.#url("posts"), "it goes on asking for more than its price");
    }
    const { threads, nice, kernel, signal, mint: mintOne = mint } = this.#options;
    const { resource, algorithm, date } = asked;
    for (let i = 1; i <= count; i++) {
      const options = { resource, bits, algorithm, date, dateWidth: 12 as const };
      const label = count === 1 ? "" : `${i}/${count} `;
      const minted = await mintOne({ ...options, threads, nice, kernel, signal }, label);
      this.#stamps.push(minted.stamp);
      this.#tries += minted.tries;
      this.#seconds += minted.seconds;
    }
  }

  #post(url: URL): Promise<ServerAnswer> {
    const { resource, poster, message, weight } = this.#options;
    const sent = typeof message === "string" ? { message } : {};
    const post = { stamps: this.#stamps, resource, poster, digest: this.#digest, ...sent, weight };
    this.#rounds++;
    return this.#ask(url, JSON.stringify(post));
  }

  #url(endpoint: "price" | "posts"): URL {
    return new URL(`${this.#base}/${endpoint}`);
  }

  /** Asks, and asks again if the server is not able to answer now, or a post got no answer. */
  async #ask(url: URL, body?: string): Promise<ServerAnswer> {
    const { signal } = this.#options;
    for (let retry = 0; ; retry++) {
      let pause = Math.min(MAX_PAUSE, 500 * 2 ** retry);
      try {
        const answer = await askServer({ url, body, timeout: this.#timeout, signal });
        if (answer.status !== 503 || retry === MAX_RETRIES) return answer;
        if (answer.retryAfter !== null) pause = Math.min(MAX_PAUSE, 1000 * answer.retryAfter);
      } catch (error) {
        // Before anything was minted there is little to save.
        if (!(error instanceof NoAnswerError) || body === undefined || retry === MAX_RETRIES) {
          throw error;
        }
        this.#lost = true;
      }
      await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  }
}

/** A gate's address without a slash at its end. */
export function readBase(to: string | URL): string {
  let url: URL;
  try {
    url = new URL(to);
  } catch {
    throw badInput("to", "to must be a URL such as https://gate.example.org");
  }
  const { protocol, username, password, search, hash: fragment } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    throw badInput("to", "to must be a URL of http or https");
  }
  if (`${username}${password}${search}${fragment}` !== "") {
    throw badInput("to", "to must be a URL without password, query and fragment");
  }
  return url.href.replace(/\/+$/, "");
}

function lostAnswer(): StampmillError {
  return new StampmillError(
    "server",
    "an answer was lost, and the stamps that it was about are spent",
    {
      hint: "the message was most likely accepted: look before you post it again",
    },
  );
}
