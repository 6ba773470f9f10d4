import { randomBytes } from "node:crypto";
import {
  type Charge,
  type ChargeOutcome,
  type ChargeTerms,
  type PosterQuestion,
  sizeOfCharge,
} from "./charge.ts";
import { MAX_SCRIPT, readLetters, toArguments, whole } from "./redis-arguments.ts";
import { POSTER_SCRIPTS } from "./redis-charge-scripts.ts";
import { batchesOf, purgeCutoff } from "./store.ts";
import { Turn } from "./turn.ts";

type Argument = string | Buffer;

/** Runs a script over the keys of the store. */
type RunScript = (script: string, args: readonly Argument[]) => Promise<unknown>;

interface PostOf {
  readonly charge: Charge;
  readonly terms: ChargeTerms;
}

const STATUSES: Readonly<Record<string, ChargeOutcome["status"]>> = {
  a: "accepted",
  u: "underpaid",
  s: "spent",
};

/** The posters' debts in Redis. */
export class RedisPosters {
  readonly #run: RunScript;
  readonly #charges = new Turn((posts: readonly PostOf[]) => this.#chargeAll(posts));
  readonly #asked = new Turn((questions: readonly PosterQuestion[]) => this.#leadsAll(questions));

  constructor(run: RunScript) {
    this.#run = run;
  }

  charge(charges: readonly Charge[], terms: ChargeTerms): Promise<ChargeOutcome[]> {
    return Promise.all(charges.map((charge) => this.#charges.add({ charge, terms })));
  }

  leads(questions: readonly PosterQuestion[]): Promise<(number | null)[]> {
    return Promise.all(questions.map((question) => this.#asked.add(question)));
  }

  async secret(): Promise<Uint8Array> {
    const fresh = randomBytes(32).toString("hex");
    return Buffer.from(String(await this.#run(POSTER_SCRIPTS.secret, [fresh])), "hex");
  }

  async #chargeAll(posts: readonly PostOf[]): Promise<ChargeOutcome[]> {
    const keep = Math.ceil(Math.max(...posts.map(({ terms }) => terms.keep)) / 1000);
    const remember = Math.max(...posts.map(({ terms }) => terms.remember));
    const charges = posts.map(({ charge }) => charge);
    const outcomes: ChargeOutcome[] = [];
    for (const batch of batchesOf(charges, MAX_SCRIPT, sizeOfCharge)) {
      const now = purgeCutoff(Math.min(...batch.map((charge) => charge.now)), 0);
      const args: Argument[] = [
        whole(keep),
        whole(Math.floor(now / 1000)),
        whole(Math.ceil(remember)),
      ];
      for (const charge of batch) args.push(...chargeArguments(charge));
      const reply = await this.#run(POSTER_SCRIPTS.charge, args);
      outcomes.push(...batch.map((charge, i) => readOutcome(reply, 4 * i, charge)));
    }
    return outcomes;
  }

  async #leadsAll(questions: readonly PosterQuestion[]): Promise<(number | null)[]> {
    const leads: (number | null)[] = [];
    for (const batch of batchesOf(questions, MAX_SCRIPT, () => 1)) {
      const args = batch.flatMap(({ poster, now, tariff }) => [
        Buffer.from(poster),
        whole(now),
        whole(tariff.full),
      ]);
      const reply = (await this.#run(POSTER_SCRIPTS.leads, args)) as unknown[];
      leads.push(...batch.map((_, i) => readLead(reply[i])));
    }
    return leads;
  }
}

function chargeArguments({ poster, tariff, advance, paid, stamps, now }: Charge): Argument[] {
  const { base, cap, free, tau, start, full } = tariff;
  const numbers = [now, advance, paid, base, cap, free, tau, start, full, stamps.length];
  return [Buffer.from(poster), ...numbers.map(whole), ...stamps.flatMap(toArguments)];
}

function readOutcome(reply: unknown, at: number, { stamps }: Charge): ChargeOutcome {
  const [letter, price, lead, letters] = (reply as unknown[]).slice(at, at + 4);
  const status = STATUSES[String(letter)];
  if (status === undefined || !/^\d+$/.test(String(price))) {
    throw new Error("it gave an answer that makes no sense");
  }
  const outcomes = readLetters(letters, stamps.length);
  return { status, price: Number(price), lead: readLead(lead), stamps: outcomes };
}

function readLead(text: unknown): number | null {
  if (text === "") return null;
  if (/^-?\d+$/.test(String(text))) return Number(text);
  throw new Error("it gave an answer that makes no sense");
}
