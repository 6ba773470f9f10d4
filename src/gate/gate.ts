import { hashesFor, planStamps, priceFor, type StampPlan } from "../price/payment.ts";
import { STEPS } from "../price/price.ts";
import type { CheckedTerms } from "../price/terms.ts";
import { hashesOf } from "../stamp/work.ts";
import { posterKey } from "../store/charge.ts";
import { spentEntry } from "../store/entry.ts";
import { formatStampDate } from "../text/date.ts";
import { badInput } from "../text/errors.ts";
import { cheapAt, debtOf, explain, inWords, quotedPrice, type Standing } from "./explain.ts";
import { type JudgedStamps, judgeCheaply, judgeWork } from "./judge.ts";
import { type GateSettings, readGateOptions } from "./options.ts";
import { Recent } from "./recent.ts";
import { type Place, readRequest } from "./request.ts";
import { type PosterSalts, SaltSource } from "./salt.ts";
import type {
  Explanation,
  Gate,
  GateOptions,
  GateReason,
  GateVerdict,
  PostRequest,
  Quote,
  QuoteRequest,
  RejectedPost,
  StampVerdict,
} from "./types.ts";

/** How old what a refused post is told of its poster's debt may be, in milliseconds. */
const FRESH = 1000;

/** What stands for the digest in the resource of a quote that was asked for without one. */
const DIGEST_PLACE = "{digest}";

/**
 * Opens a gate: posts to its boards are let in if their stamps pay the price, and the more a poster
 * posts the higher it is.
 *
 * @throws StampmillError `bad-input`, its `parameter` the option that is wrong
 */
export function createGate(options: GateOptions): Gate {
  return new StoreGate(options);
}

class StoreGate implements Gate {
  readonly terms: CheckedTerms;
  readonly #settings: GateSettings;
  /** How long after its date a stamp is good, in milliseconds: as long as a salt at most. */
  readonly #life: number;
  #salts: Promise<SaltSource> | null = null;
  #second = -1;
  #dateText = "";
  readonly #plans = new Map<number, StampPlan>();
  readonly #posters = new Recent<RecentPoster>();
  /** The period in which the secret was read. */
  #period = -1;

  constructor(options: GateOptions) {
    this.#settings = readGateOptions(options);
    this.terms = this.#settings.terms;
    this.#life = 2 * this.#settings.rotate;
  }

  async quote(request: QuoteRequest): Promise<Quote> {
    const place = readRequest(request, this.#settings);
    const [salts, lead] = await Promise.all([this.#saltsOf(place), this.#lead(place)]);
    return this.#quoteFrom(place, salts, lead);
  }

  async explain(request: QuoteRequest): Promise<Explanation> {
    const place = readRequest(request, this.#settings);
    return explain(this.#standing(place, await this.#lead(place)));
  }

  async post(request: PostRequest & { readonly stamps: readonly string[] }): Promise<GateVerdict> {
    const place = readRequest(request, this.#settings);
    if (request.digest === undefined) throw badInput("digest", "a post needs its digest");
    const { stamps } = request;
    if (!Array.isArray(stamps)) throw badInput("stamps", "stamps must be a list of strings");
    const salts = await this.#saltsOf(place);
    const refuse = async (reason: GateReason, verdicts: readonly StampVerdict[] = []) => {
      const known = this.#recentLead(place);
      const lead = known === undefined ? await this.#lead(place) : known;
      return this.#rejected(place, salts, lead, reason, verdicts);
    };
    if (stamps.length === 0) return refuse("no-stamps");
    if (stamps.length > this.#settings.maxStamps) return refuse("too-many-stamps");
    const cheap = this.#judgeCheaply(place, salts, stamps);
    if (cheap.reason !== null) return refuse(cheap.reason, cheap.verdicts);
    const paid = priceFor(hashesOf(bitsOf(cheap.verdicts)));
    // Nobody ever pays less than the base: what is not worth it need not be hashed.
    if (paid < this.terms.base) return refuse("underpaid", cheap.verdicts);
    const { verdicts, reason } = judgeWork(cheap, this.#settings.algorithm);
    if (reason !== null) return refuse(reason, verdicts);
    return this.#charge(place, salts, verdicts, paid);
  }

  async #charge(
    place: Place,
    salts: PosterSalts,
    verdicts: readonly StampVerdict[],
    paid: number,
  ): Promise<GateVerdict> {
    const { tariff, advance, now } = place;
    const poster = this.#poster(place);
    const stamps = verdicts.map(({ stamp }) => spentEntry(stamp));
    const keep = this.#life + this.#settings.grace;
    const [outcome] = await this.#settings.store.charge(
      [{ poster: poster.key, tariff, advance, paid, stamps, now }],
      { keep, remember: this.terms.remember },
    );
    if (outcome === undefined) throw new Error("the store gave no outcome");
    const { status, price, lead } = outcome;
    remember(poster, lead, now);
    if (status === "underpaid") return this.#rejected(place, salts, lead, "underpaid", verdicts);
    if (status === "spent") {
      const marked = verdicts.map(
        (verdict, i): StampVerdict =>
          outcome.stamps[i] === "fresh" ? verdict : { ...verdict, reason: "spent" },
      );
      return this.#rejected(place, salts, lead, "spent", marked);
    }
    const next = this.#quoteFrom(place, salts, lead);
    const [asked, worth] = [price / STEPS, paid / STEPS];
    return { accepted: true, reason: null, price: asked, paid: worth, stamps: verdicts, next };
  }

  #judgeCheaply(place: Place, salts: PosterSalts, stamps: readonly string[]): JudgedStamps {
    const { digest, board, now } = place;
    const { algorithm, leastBits, grace } = this.#settings;
    return judgeCheaply(stamps, {
      before: `${board}/`,
      behind: `/${digest}`,
      algorithm,
      leastBits,
      life: this.#life,
      grace,
      now,
      salts,
    });
  }

  #rejected(
    place: Place,
    salts: PosterSalts,
    lead: number | null,
    reason: GateReason,
    stamps: readonly StampVerdict[],
  ): RejectedPost {
    const quote = this.#quoteFrom(place, salts, lead);
    const missing = reason === "underpaid" ? this.#missing(quote, stamps) : null;
    return { accepted: false, reason, stamps, missing, quote };
  }

  /** What pays the quoted price together with stamps that are good. */
  #missing({ price }: Quote, stamps: readonly StampVerdict[]): StampPlan | null {
    const rest = hashesFor(STEPS * price) - hashesOf(bitsOf(stamps));
    const least = rest > 1n ? rest : 1n;
    const { leastBits, maxStamps } = this.#settings;
    return planStamps(least, leastBits, maxStamps - stamps.length);
  }

  #quoteFrom(place: Place, salts: PosterSalts, lead: number | null): Quote {
    const { digest, board, now } = place;
    const { algorithm, leastBits, maxStamps } = this.#settings;
    const standing = this.#standing(place, lead);
    const price = quotedPrice(standing);
    const { bits, count } = this.#plan(price);
    const { current: salt } = salts;
    return {
      price: price / STEPS,
      bits,
      count,
      algorithm,
      salt,
      resource: `${board}/${salt}/${digest ?? DIGEST_PLACE}`,
      date: this.#date(now),
      holds: salts.holds(now),
      leastBits,
      maxStamps,
      debt: debtOf(standing),
      cheapAt: cheapAt(standing),
      explanation: inWords(standing),
    };
  }

  /** The date of this second, as stamps write it. */
  #date(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#dateText = formatStampDate(new Date(now), 12);
    }
    return this.#dateText;
  }

  /** The stamps that a price is quoted in, worked out once for each. */
  #plan(price: number): StampPlan {
    const { leastBits, maxStamps } = this.#settings;
    const plan = this.#plans.get(price) ?? planStamps(hashesFor(price), leastBits, maxStamps);
    if (plan === null) throw new Error("a price has no stamps");
    this.#plans.set(price, plan);
    return plan;
  }

  #standing({ tariff, known, advance, now }: Place, lead: number | null): Standing {
    return { terms: this.terms, tariff, lead, known, advance, now };
  }

  async #lead(place: Place): Promise<number | null> {
    const { tariff, now } = place;
    const poster = this.#poster(place);
    const [lead = null] = await this.#settings.store.leads([{ poster: poster.key, tariff, now }]);
    remember(poster, lead, now);
    return lead;
  }

  /**
   * The same as it was a moment ago, if it was read then: for a flood of refused posts the store is not
   * asked each time. A price that has risen since is told as what is missing, and no stamp is in vain.
   */
  #recentLead(place: Place): number | null | undefined {
    const { lead, at } = this.#poster(place);
    const age = place.now - at;
    if (!(age >= 0 && age < FRESH)) return undefined;
    return lead === null ? null : lead - age;
  }

  #poster({ resource, poster, name }: Place): RecentPoster {
    return this.#posters.get(name, () => {
      return { key: posterKey(resource, poster), lead: null, at: Number.NaN };
    });
  }

  /**
   * The secret is read anew in each period, so that servers over one store agree again soon after it
   * lost what it had; after a failure the next call tries again.
   */
  async #saltsOf({ name, now }: Place): Promise<PosterSalts> {
    const period = Math.floor(now / this.#settings.rotate);
    if (this.#salts === null || this.#period !== period) {
      this.#period = period;
      this.#salts = this.#readSecret().catch((error) => {
        this.#salts = null;
        throw error;
      });
    }
    return (await this.#salts).for(name, now);
  }

  async #readSecret(): Promise<SaltSource> {
    const { secret, store, rotate } = this.#settings;
    const key = secret === undefined ? await store.secret() : Buffer.from(secret, "utf8");
    return new SaltSource(key, rotate);
  }
}

/** A poster of late, and how far its TAT was ahead at a moment; NaN for one that was never asked about. */
interface RecentPoster {
  readonly key: Uint8Array;
  lead: number | null;
  at: number;
}

function remember(poster: RecentPoster, lead: number | null, at: number): void {
  poster.lead = lead;
  poster.at = at;
}

function bitsOf(verdicts: readonly StampVerdict[]): number[] {
  return verdicts.map(({ bits }) => bits ?? 0);
}
