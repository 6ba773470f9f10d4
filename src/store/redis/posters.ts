import { randomBytes } from "node:crypto";
import {
  type Charge,
  type ChargeOutcome,
  type ChargeTerms,
  longestTerms,
  type PosterQuestion,
  sizeOfCharge,
  type WaitingCharge,
} from "../charge.ts";
import { purgeCutoff } from "../store.ts";
import { Turn } from "../turn.ts";
import { MAX_SCRIPT, readLetters, toArguments, whole } from "./arguments.ts";
import { POSTER_SCRIPTS } from "./charge-scripts.ts";

type Argument = string | Buffer;

/** Runs a script over the keys of the store. */
type RunScript = (script: string, args: readonly Argument[]) => Promise<unknown>;

const STATUSES: Readonly<Record<string, ChargeOutcome["status"]>> = {
  a: "accepted",
  u: "underpaid",
  s: "spent",
};

/** The posters' debts in Redis. */
export class RedisPosters {
  readonly #run: RunScript;
  readonly #charges = new Turn(
    (waiting: readonly WaitingCharge[]) => this.#chargeAll(waiting),
    MAX_SCRIPT,
    sizeOfCharge,
  );
  readonly #asked = new Turn(
    (questions: readonly PosterQuestion[]) => this.#leadsAll(questions),
    MAX_SCRIPT,
  );

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
    const kept = String(await this.#run(POSTER_SCRIPTS.secret, [fresh]));
    if (!/^[0-9a-f]{64}$/.test(kept)) throw new Error("its secret is damaged");
    return Buffer.from(kept, "hex");
  }

  async #chargeAll(waiting: readonly WaitingCharge[]): Promise<ChargeOutcome[]> {
    const { keep, remember } = longestTerms(waiting);
    const charges = waiting.map(({ charge }) => charge);
    const now = purgeCutoff(Math.min(...charges.map((charge) => charge.now)), 0);
    const args: Argument[] = [whole(keep / 1000), whole(Math.floor(now / 1000)), whole(remember)];
    for (const charge of charges) args.push(...chargeArguments(charge));
    const reply = await this.#run(POSTER_SCRIPTS.charge, args);
    return charges.map((charge, i) => readOutcome(reply, 4 * i, charge));
  }

  async #leadsAll(questions: readonly PosterQuestion[]): Promise<(number | null)[]> {
    const args = questions.flatMap(({ poster, now, tariff }) => [
      Buffer.from(poster),
      whole(now),
      whole(tariff.full),
    ]);
    const reply = (await this.#run(POSTER_SCRIPTS.leads, args)) as unknown[];
    return questions.map((_, i) => readLead(reply[i]));
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
