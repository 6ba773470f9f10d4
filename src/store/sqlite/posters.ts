import { type ClockMarks, tick } from "../../price/clock.ts";
import { takeStep } from "../../price/price.ts";
import type { Charge, ChargeOutcome, PosterQuestion } from "../charge.ts";
import { purgeLimit, type SpendOutcome } from "../store.ts";
import type { SqlValue } from "./library.ts";
import type { Marks, SpentTable } from "./spent.ts";
import type { Statements } from "./statements.ts";

/** Bytes of the secret that schema 2 makes. */
const SECRET_LENGTH = 32;

/** The posters' debts, within a transaction that the caller has begun. */
export class PosterTable {
  readonly #sql: Statements;
  readonly #spent: SpentTable;

  constructor(sql: Statements, spent: SpentTable) {
    this.#sql = sql;
    this.#spent = spent;
  }

  /**
   * Takes posts in order. If none is accepted nothing is written, so that a flood of bad ones does
   * not wait for the disk.
   */
  charge(charges: readonly Charge[], marks: Marks, remember: number): ChargeOutcome[] {
    const { clock: before, remember: kept } = this.#read();
    let clock = before;
    let accepted = 0;
    const outcomes = charges.map((charge): ChargeOutcome => {
      clock = tick(clock, charge.now, charge.tariff.full);
      const outcome = this.#settle(charge, clock.seen, marks);
      if (outcome.status === "accepted") accepted++;
      return outcome;
    });
    const moved = clock.low !== before.low || clock.offset !== before.offset;
    if (accepted > 0 || moved) this.#sql.setClock.run(clock.seen, clock.offset, clock.low);
    if (accepted > 0) {
      const longest = Math.max(kept, remember);
      if (longest > kept) this.#sql.setRemember.run(longest);
      this.#sql.forget.run(clock.seen - longest, purgeLimit(accepted));
    }
    return outcomes;
  }

  /** Answers each call's questions, all at one moment of the store. */
  leads(calls: readonly (readonly PosterQuestion[])[]): (readonly (number | null)[])[] {
    const { clock } = this.#read();
    const lead = ({ poster, tariff, now }: PosterQuestion) => {
      const tat = this.#tat(poster);
      return tat === null ? null : tat - tick(clock, now, tariff.full).seen;
    };
    return calls.map((questions) => questions.map(lead));
  }

  secret(): Uint8Array {
    const { secret = null } = checkGate(this.#sql.secret.get());
    // A blob is a Uint8Array in node:sqlite, an ArrayBuffer in libsql.
    const bytes = new Uint8Array(typeof secret === "object" && secret !== null ? secret : []);
    if (bytes.length !== SECRET_LENGTH) throw new Error("its secret is damaged");
    return bytes;
  }

  /** One post: its stamps, its price, and only if both will do what it leaves. */
  #settle(charge: Charge, now: number, marks: Marks): ChargeOutcome {
    const { poster, tariff, advance, paid } = charge;
    const tat = this.#tat(poster);
    const { price, next } = takeStep(tariff, tat, now, advance);
    const accept = (stamps: readonly SpendOutcome[]): ChargeOutcome => {
      this.#sql.setTat.run(poster, next);
      return { status: "accepted", price, lead: next - now, stamps };
    };
    if (paid >= price && this.#spent.insertNew(charge.stamps, marks)) {
      return accept(charge.stamps.map(() => "fresh"));
    }
    const stamps = charge.stamps.map((entry) => this.#spent.outcome(entry, marks));
    const lead = tat === null ? null : tat - now;
    if (stamps.some((outcome) => outcome !== "fresh")) {
      return { status: "spent", price, lead, stamps };
    }
    if (paid < price) return { status: "underpaid", price, lead, stamps };
    // All are new, and one is there twice: a set holds it once.
    this.#spent.insert(charge.stamps);
    return accept(stamps);
  }

  #tat(poster: Uint8Array): number | null {
    const tat = this.#sql.tat.get(poster, 0)?.tat;
    return tat === undefined ? null : Number(tat);
  }

  #read(): { clock: ClockMarks; remember: number } {
    const { seen, offset, low, remember } = checkGate(this.#sql.gate.get());
    const clock = { seen: Number(seen), offset: Number(offset), low: Number(low) };
    return { clock, remember: Number(remember) };
  }
}

type Row = Record<string, SqlValue>;

/** The one row of the table of the gate: without it nobody knows what time it was. */
function checkGate(row: Row | undefined): Row {
  if (row === undefined) throw new Error("its table of the gate is empty");
  return row;
}
