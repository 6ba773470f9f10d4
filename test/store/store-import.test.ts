import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { spentEntry } from "../../src/store/entry.ts";
import type { AddReport, SpentEntry, SpentStore, StoreMarks } from "../../src/store/store.ts";
import { exportSpent } from "../../src/store/transfer/dump.ts";
import { type ImportReport, importSpent } from "../../src/store/transfer/import.ts";
import { mangled, often } from "../hostile.ts";
import { bruteStamp } from "../stamp/brute.ts";

const GOOD = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
const V0 = "0:040404:foo@bar.example:8d8d9f2c6e";
const STAMPS = Array.from({ length: 40 }, (_, i) => bruteStamp({ bits: 10, rand: `r${i}` }));

/** A store in memory, as far as importing and exporting needs one. */
class MemoryStore {
  readonly digests = new Map<string, SpentEntry>();
  marks: StoreMarks = { horizon: null, keep: 0 };

  async add(entries: readonly SpentEntry[]): Promise<AddReport> {
    const before = this.digests.size;
    for (const entry of entries) {
      this.digests.set(Buffer.from(entry.digest).toString("hex"), entry);
    }
    const added = this.digests.size - before;
    return { added, known: entries.length - added, purged: 0 };
  }

  async raise(marks: StoreMarks): Promise<void> {
    this.marks = marks;
  }

  async stats(): Promise<StoreMarks> {
    return this.marks;
  }

  async *list(): AsyncGenerator<SpentEntry[]> {
    yield [...this.digests.values()];
  }

  has(stamp: string): boolean {
    return this.digests.has(Buffer.from(spentEntry(stamp).digest).toString("hex"));
  }
}

interface Result {
  readonly memory: MemoryStore;
  readonly report: ImportReport;
  readonly damaged: Map<number, string>;
}

/** Imports bytes in pieces of a size that cuts lines anywhere. */
async function read(text: string, pieceSize = 1000): Promise<Result> {
  const memory = new MemoryStore();
  const damaged = new Map<number, string>();
  const bytes = Buffer.from(text, "latin1");
  function* pieces() {
    for (let i = 0; i < bytes.length; i += pieceSize) yield bytes.subarray(i, i + pieceSize);
  }
  const store = memory as unknown as SpentStore;
  const report = await importSpent(store, pieces(), (line, problem) => damaged.set(line, problem));
  return { memory, report, damaged };
}

const row = (stamp: string, seconds = 2419200) => `${stamp} ${seconds}\n`;
const FIRST = "last_purged 700101000000\n";

describe("hashcash.sdb", () => {
  it("is read, kept for however long, with and without its first line, CRLF or not", async () => {
    for (const text of [
      FIRST + row(GOOD) + row(V0),
      row(GOOD, 0) + row(V0, 0),
      (FIRST + row(GOOD) + row(V0)).replaceAll("\n", "\r\n"),
      (FIRST + row(GOOD) + row(V0)).trimEnd(),
      `\n\n${row(GOOD)}\n${row(V0)}${FIRST}`,
    ]) {
      const { memory, report, damaged } = await read(text);
      assert.deepEqual(
        { ...report },
        { stamps: 2, added: 2, known: 0, purged: 0, refused: 0, damaged: 0 },
      );
      assert.ok(memory.has(GOOD) && memory.has(V0));
      assert.equal(damaged.size, 0);
    }
  });

  it("may hold what verify refuses, such as stamps with spaces", async () => {
    const rows = [
      "1:12:240101:foo:a b:rand:dk 2419200\n",
      "1:12:240101:foo bar::rand:dk 2419200\n",
      "+1:12:240101:foo::rand:dk 2419200\n",
      "1:12:2401:foo::rand:dk 2419200\n",
      "1:12:240101:foo::rand:dk:and more 0\n",
    ];
    const { report, memory } = await read(FIRST + rows.join("") + row(GOOD));
    assert.deepEqual(
      { ...report },
      {
        stamps: 1,
        added: 1,
        known: 0,
        purged: 0,
        refused: 5,
        damaged: 0,
      },
    );
    assert.ok(memory.has(GOOD));
  });

  it("may be torn: a stamp without its seconds counts if it is whole", async () => {
    const whole = await read(row(V0) + GOOD);
    assert.equal(whole.report.damaged, 0);
    assert.ok(whole.memory.has(GOOD));
    const cut = await read(row(V0) + GOOD.slice(0, -1));
    assert.deepEqual([...cut.damaged.keys()], [2]);
    // Recorded as it stands, which does no harm.
    assert.equal(cut.report.stamps, 2);
    const shorter = await read(row(V0) + GOOD.slice(0, 30));
    assert.deepEqual([...shorter.damaged.keys()], [2]);
    assert.equal(shorter.report.stamps, 1);
  });

  it("may be glued and full of rubble: the lines are named, and nothing whole is lost", async () => {
    const [a = "", b = "", c = "", d = ""] = STAMPS;
    const lines = [
      row(a).trimEnd(),
      `${b}${row(GOOD).trimEnd()}`,
      `${c} 241${row(V0).trimEnd()}`,
      `\0\xff\x07${d} 9`,
      "\x80\x81nothing",
      `${a.slice(0, 12)}${row(b).trimEnd()}`,
      `${a}xyz 2419200`,
    ];
    const { memory, damaged } = await read(`${FIRST}${lines.join("\n")}\n`);
    for (const stamp of [a, b, c, d, GOOD]) assert.ok(memory.has(stamp), stamp);
    assert.deepEqual([...damaged.keys()], [3, 4, 5, 6, 7, 8]);
  });

  it("a line without end is read in pieces", async () => {
    const [a = "", b = "", c = ""] = STAMPS;
    const junk = "\x01junk:".repeat(20_000);
    const { memory, report, damaged } = await read(`${junk}${a}${junk} ${b} 1${junk}\n${row(c)}`);
    assert.ok(memory.has(a) && memory.has(b) && memory.has(c));
    assert.equal(report.damaged, 1);
    assert.match(damaged.get(1) ?? "", /longer than 65536 characters/);
  });

  it("hostile: whatever is cut out or put in, a stamp that is still there whole is found", async () => {
    const rows = STAMPS.map((stamp) => row(stamp));
    const damage = fc.record({
      at: fc.nat(rows.join("").length),
      cut: fc.nat(200),
      put: fc.oneof(
        fc.constant(""),
        fc.string({ unit: "binary-ascii", maxLength: 20 }),
        fc.constantFrom("1:20:", "0:240229:", "\n", " 24\n", ":", "AAAA", "\0\0\0\0"),
        mangled(rows),
      ),
    });
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 3000 }),
        async (damages, pieceSize) => {
          let text = FIRST + rows.join("");
          for (const { at, cut, put } of damages) {
            text = text.slice(0, at) + put + text.slice(at + cut);
          }
          const { memory } = await read(text, pieceSize);
          for (const stamp of STAMPS) {
            if (!text.includes(stamp)) continue;
            found++;
            assert.ok(memory.has(stamp), `${stamp} is lost`);
          }
        },
      ),
      often(200),
    );
    assert.ok(found > 1000, `only ${found} stamps were left`);
  });

  it("bytes of any kind are read in bounded time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const { report } = await read(Buffer.from(bytes).toString("latin1"));
        assert.ok(report.stamps <= 500);
      }),
      { numRuns: 200 },
    );
    const start = performance.now();
    await read("1:0:240229:a:::".repeat(20_000));
    await read(`1:0:240229:a:::${"A".repeat(300_000)}`);
    await read("0:240229:1:1:240229:".repeat(20_000));
    assert.ok(performance.now() - start < 5000);
  });
});

describe("an exported store", () => {
  async function dump(marks: StoreMarks): Promise<{ text: string; from: MemoryStore }> {
    const { memory } = await read(row(GOOD) + STAMPS.map((s) => row(s)).join(""));
    memory.marks = marks;
    let text = "";
    for await (const part of exportSpent(memory as unknown as SpentStore)) text += part;
    return { text, from: memory };
  }

  it("comes back as it was", async () => {
    for (const marks of [
      { horizon: null, keep: 0 },
      { horizon: Date.UTC(2024, 1, 1, 12, 34, 56), keep: 2_592_000_000 },
    ]) {
      const { text, from } = await dump(marks);
      const { memory, report } = await read(text, 7);
      assert.deepEqual(memory.digests, from.digests);
      assert.deepEqual(memory.marks, marks);
      assert.equal(report.damaged, 0);
      assert.equal(report.added, 41);
    }
  });

  it("says when it is cut off or damaged", async () => {
    const { text } = await dump({ horizon: 0, keep: 1000 });
    const lines = text.trimEnd().split("\n");
    const without = (n: number) => `${lines.filter((_, i) => i !== n).join("\n")}\n`;
    for (const [damaged, line] of [
      [`${lines.slice(0, -1).join("\n")}\n`, 44],
      [without(10), 44],
      [text.replace("\nkeep 1\n", "\nkeep much\n"), 44],
      [text.replace("purged 0", "purged 0 0"), 43],
      [text.replace(/\n24/, "\n2x"), 2],
      [`${text}240229000000 00000000000000000000000000000000\n`, 46],
    ] as const) {
      const { report, damaged: named } = await read(damaged);
      assert.ok(report.damaged >= 1, damaged.slice(0, 100));
      assert.ok(named.has(line), `${[...named.keys()]}, not ${line}`);
    }
  });
});
