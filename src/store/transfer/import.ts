import { MAX_STAMP_LENGTH } from "../../stamp/stamp.ts";
import { MAX_TRANSACTION, type SpentEntry, type SpentStore } from "../store.ts";
import { DUMP_HEADER, DumpReader } from "./dump.ts";
import { readSdbLine, type SpentLine } from "./sdb.ts";

/** What an import came to. */
export interface ImportReport {
  /** Stamps that were found. */
  readonly stamps: number;
  readonly added: number;
  /** Were in the store already. */
  readonly known: number;
  /** Dated no later than what the store has purged, so that they are refused anyway. */
  readonly purged: number;
  /** Lines with a stamp that hashcash(1) takes and `verify` never does: there is no need of them. */
  readonly refused: number;
  /** Lines of which not everything could be read. */
  readonly damaged: number;
}

/** A longer line is read in pieces, which overlap by what a stamp may take. */
const LONGEST_LINE = 1 << 16;

/**
 * Records what another program, or another store, knows to be spent: hashcash(1)'s `hashcash.sdb`,
 * also a damaged one, a list of stamps one a line, or what `exportSpent` wrote. What can be read is
 * recorded, whatever stands around it.
 *
 * @param onDamage is told of each line of which not everything could be read
 * @throws StampmillError `store` if the store fails; what was read before may be recorded
 */
export async function importSpent(
  store: SpentStore,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onDamage: (line: number, problem: string) => void = () => {},
): Promise<ImportReport> {
  const importer = new Importer(store, onDamage);
  for await (const chunk of input) await importer.push(chunk);
  return importer.end();
}

class Importer {
  readonly #report = { stamps: 0, added: 0, known: 0, purged: 0, refused: 0, damaged: 0 };
  readonly #store: SpentStore;
  readonly #onDamage: (line: number, problem: string) => void;
  #dump: DumpReader | null = null;
  #rest = "";
  #line = 0;
  /** Stamps found so far in a line that is too long to be held. */
  #inPieces: number | null = null;
  #found: SpentEntry[] = [];

  constructor(store: SpentStore, onDamage: (line: number, problem: string) => void) {
    this.#store = store;
    this.#onDamage = onDamage;
  }

  async push(chunk: Uint8Array): Promise<void> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines = (this.#rest + bytes.toString("latin1")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line);
    while (this.#rest.length > LONGEST_LINE) this.#takePiece();
    if (this.#found.length >= MAX_TRANSACTION) await this.#record();
  }

  async end(): Promise<ImportReport> {
    if (this.#rest !== "") this.#takeLine(this.#rest);
    const problem = this.#dump?.end() ?? null;
    if (problem !== null) this.#damage(problem);
    await this.#record();
    if (this.#dump !== null) await this.#store.raise(this.#dump.marks);
    return this.#report;
  }

  #takeLine(text: string): void {
    this.#line++;
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (this.#inPieces !== null) {
      const entries = readSdbLine(line).entries;
      const count = this.#inPieces + this.#take({ entries, problem: null, refused: false });
      this.#inPieces = null;
      this.#damage(`longer than ${LONGEST_LINE} characters: ${count} stamps could be read in it`);
    } else if (this.#line === 1 && line === DUMP_HEADER) this.#dump = new DumpReader();
    else this.#take(this.#dump === null ? readSdbLine(line) : this.#dump.take(line));
  }

  #takePiece(): void {
    const entries = readSdbLine(this.#rest.slice(0, LONGEST_LINE)).entries;
    const count = this.#take({ entries, problem: null, refused: false });
    this.#inPieces = (this.#inPieces ?? 0) + count;
    this.#rest = this.#rest.slice(LONGEST_LINE - MAX_STAMP_LENGTH);
  }

  #take({ entries, problem, refused }: SpentLine): number {
    this.#report.stamps += entries.length;
    this.#found.push(...entries);
    if (refused) this.#report.refused++;
    if (problem !== null) this.#damage(problem);
    return entries.length;
  }

  #damage(problem: string): void {
    this.#report.damaged++;
    this.#onDamage(this.#line, problem);
  }

  async #record(): Promise<void> {
    const { added, known, purged } = await this.#store.add(this.#found.splice(0));
    this.#report.added += added;
    this.#report.known += known;
    this.#report.purged += purged;
  }
}
