import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { leadingZeroBits, stampDigest } from "../../src/engine/algorithms.ts";
import { readMailStamps } from "../../src/sources/mail.ts";
import { foldHeader } from "../../src/sources/mail-header.ts";
import { STAMP_LAYOUTS, type StampLayout } from "../../src/stamp/layout.ts";
import { type MintOptions, mint } from "../../src/stamp/mint.ts";
import { parseStamp } from "../../src/stamp/stamp.ts";
import { verify } from "../../src/stamp/verify.ts";
import type { DateWidth } from "../../src/text/date.ts";
import { StampmillError } from "../../src/text/errors.ts";

const RESOURCE = "alice@example.org";
const DATE = new Date(Date.UTC(2026, 10, 22, 23, 59, 58, 999));
const DATES: Record<DateWidth, string> = { 6: "261122", 10: "2611222359", 12: "261122235958" };
const WIDTHS: DateWidth[] = [6, 10, 12];

async function refusalOf(options: unknown): Promise<StampmillError> {
  try {
    await mint(options as MintOptions);
  } catch (error) {
    if (error instanceof StampmillError) return error;
    throw error;
  }
  assert.fail("it was not refused");
}

test("what is minted by default: 20 bits of SHA-1 for today", async () => {
  const before = new Date();
  const minted = await mint({ resource: RESOURCE });
  const { stamp, digest, tries, seconds, rate, threads, kernel, ...rest } = minted;
  assert.deepEqual(rest, { resource: RESOURCE, bits: 20, algorithm: "sha1" });
  const days = [before, new Date()].map((date) =>
    date.toISOString().slice(2, 10).replaceAll("-", ""),
  );
  const [version, bits, date = "", ...fields] = stamp.split(":");
  assert.deepEqual([version, bits, fields[0], fields[1]], ["1", "20", RESOURCE, ""]);
  assert.ok(days.includes(date), date);
  assert.match(fields[2] ?? "", /^[A-Za-z0-9+/]{16}$/);
  assert.equal(digest, stampDigest(stamp, "sha1"));
  assert.ok(leadingZeroBits(digest) >= 20);
  assert.ok(tries >= 1 && seconds > 0 && threads >= 1 && kernel !== "");
  assert.ok(Math.abs(rate * seconds - tries) < 1e-6 * tries);
  assert.ok(verify(stamp, { bits: 20, resources: [RESOURCE] }).valid);
});

/** Mints with these options and has the stamp parsed, measured and verified. */
async function checkMinted(options: MintOptions, width: DateWidth, ext: string): Promise<string> {
  const { stamp, digest, algorithm, bits, resource } = await mint({ ...options, dateWidth: width });
  const fields = parseStamp(stamp);
  assert.ok(fields.version === 1);
  const { date, rand } = fields;
  assert.deepEqual(
    [fields.bits, date, fields.resource, fields.ext, fields.algorithm],
    [bits, DATES[width], options.resource, ext, algorithm],
  );
  assert.equal(Buffer.from(rand, "base64").length, 12);
  assert.equal(digest, stampDigest(stamp, algorithm));
  const rules = { bits, resources: [resource], algorithm, now: DATE };
  assert.equal(verify(stamp, rules).reason, null, stamp);
  return stamp;
}

/** The length that a stamp of each layout must have, whose head is so long and whose counter needs so many digits. */
const LENGTHS: Record<StampLayout, (length: number, head: number, digits: number) => boolean> = {
  fast: (length, head) => length % 64 === 55 && length - head < 64 + 55 + 2,
  compact: (length, head, digits) => length === head + digits,
  // The first that leaves room for five digits: the next would be 20 or 44 further on.
  hashcash: (length, head) => {
    const spare = length - head - 5;
    return length % 64 === 52 ? spare >= 0 && spare < 20 : length % 64 === 32 && spare < 44;
  },
};

for (const layout of STAMP_LAYOUTS) {
  test(`stamps for resources of every length, ${layout}`, async () => {
    for (let length = 1; length <= 300; length++) {
      const resource = "r".repeat(length);
      for (const width of WIDTHS) {
        const bits = (length + width) % 5;
        const sha256 = length % 3 === 0;
        const algorithm = sha256 ? "sha256" : "sha1";
        const given = length % 2 ? "name=value;flag" : undefined;
        const parts = [...(sha256 ? ["alg=sha256"] : []), ...(given ? [given] : [])];
        const options = { resource, bits, algorithm, ext: given, date: DATE, layout } as const;
        const stamp = await checkMinted(options, width, parts.join(";"));
        const head = `1:${bits}:${DATES[width]}:${resource}:${parts.join(";")}:`.length + 17;
        assert.ok(LENGTHS[layout](stamp.length, head, bits < 2 ? 1 : 2), `${bits} bits: ${stamp}`);
      }
    }
  });
}

test("resources, extensions and bits at their limits", async () => {
  const ext = `x=${"y".repeat(510)}`;
  await checkMinted({ resource: "r".repeat(3072), bits: 0, ext, date: DATE }, 12, ext);
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("");
  await checkMinted({ resource: printable.replace(":", ""), bits: 10, date: DATE }, 10, "");
  for (const layout of STAMP_LAYOUTS) {
    for (const bits of [15, 16, 18]) {
      const stamp = await checkMinted({ resource: RESOURCE, bits, layout, date: DATE }, 6, "");
      const counter = stamp.split(":")[6] ?? "";
      if (layout === "compact") assert.equal(counter.length, 4);
      if (layout === "hashcash") assert.match(counter, /^0*.{1,4}$/);
    }
  }
});

test("a stamp of hashcash(1)'s length: 52 characters for a resource of 9", async () => {
  const resource = "forum.net";
  const { stamp } = await mint({ resource, bits: 12, layout: "hashcash" });
  assert.equal(stamp.length, 52);
  const { stamp: long } = await mint({ resource: "r".repeat(17), bits: 12, layout: "hashcash" });
  assert.equal(long.length, 96);
});

test("compact is another word for a layout, and contradicts the others", async () => {
  const options = { resource: RESOURCE, bits: 4, date: DATE };
  const length = async (more: Partial<MintOptions>) =>
    (await mint({ ...options, ...more })).stamp.length;
  assert.equal(await length({ compact: true }), await length({ layout: "compact" }));
  assert.equal(await length({ compact: false }), await length({ layout: "fast" }));
  assert.equal(
    (await refusalOf({ ...options, compact: true, layout: "fast" })).parameter,
    "compact",
  );
  assert.equal(
    (await refusalOf({ ...options, compact: false, layout: "compact" })).parameter,
    "compact",
  );
});

test("bits beyond reach are searched for all the same, whatever the layout", async () => {
  for (const layout of STAMP_LAYOUTS) {
    for (const bits of [40, 55, 56, 58, 59, 63, 64]) {
      for (const resource of ["r", "r".repeat(30)]) {
        const error = await refusalOf({ resource, bits, layout, timeout: 5 });
        assert.equal(error.code, "not-found", `${bits} bits: ${error.message}`);
      }
    }
  }
});

const BAD: [parameter: string, values: unknown[]][] = [
  ["resource", [undefined, 5, "", "a b", "a:b", "a\n", "é", "\u007f", "r".repeat(3073)]],
  ["bits", [-1, 65, 1.5, Number.NaN, "20", null, 2n]],
  ["algorithm", ["md5", "SHA1", "", null, 1]],
  ["ext", ["a b", "a:b", "é", 5, null, "alg=md5", "alg=sha256", "ALG=sha1", "x".repeat(513)]],
  ["date", [new Date(Number.NaN), 5, "2026-11-22", null, new Date(8.64e15)]],
  ["dateWidth", [0, 8, "6", Number.NaN]],
  ["compact", [1, "yes", null]],
  ["layout", ["", "short", null, true, 1]],
  ["threads", [0, 1025, 1.5, "2"]],
  ["kernel", ["avx1024", "", 5]],
  ["timeout", [-1, Number.NaN, 36_501 * 86_400_000, Number.POSITIVE_INFINITY, "5", null]],
  ["signal", [{}, "now"]],
  ["onSearch", [5, {}]],
];

for (const [parameter, values] of BAD) {
  test(`a bad ${parameter} is refused by that name`, async () => {
    for (const value of values) {
      const error = await refusalOf({ resource: RESOURCE, bits: 4, [parameter]: value });
      const context = `${String(value)}: ${error.message}`;
      assert.deepEqual([error.code, error.parameter], ["bad-input", parameter], context);
    }
  });
}

test("when the time is up there is no stamp", async () => {
  const begun = performance.now();
  const error = await refusalOf({ resource: RESOURCE, bits: 64, timeout: 200 });
  const took = performance.now() - begun;
  assert.equal(error.code, "not-found");
  assert.match(error.message, /^no stamp of 64 bits was found in 0\.2 s and [1-9]\d* tries$/);
  assert.ok(took >= 195 && took < 10_000, `${took} ms`);
  assert.equal((await refusalOf({ resource: RESOURCE, bits: 64, timeout: 0 })).code, "not-found");
  // More than a timer of Node can wait.
  await mint({ resource: RESOURCE, bits: 4, timeout: 25 * 86_400_000 });
});

test("aborted before and during, with the signal's reason", async () => {
  const reason = new Error("on purpose");
  const aborted = { resource: RESOURCE, bits: 0, signal: AbortSignal.abort(reason) };
  const controller = new AbortController();
  const { signal } = controller;
  setTimeout(() => controller.abort(reason), 20);
  const during = { resource: RESOURCE, bits: 64, timeout: 10_000, signal };
  for (const options of [aborted, during]) {
    const error = await refusalOf(options);
    assert.deepEqual([error.code, error.cause], ["aborted", reason]);
  }
});

test("no two stamps have a random field in common, nor is one of its characters fixed", async () => {
  const seen = new Set<string>();
  const characters = Array.from({ length: 16 }, () => new Set<string>());
  for (let i = 0; i < 2000; i++) {
    const { stamp } = await mint({ resource: RESOURCE, bits: 0, threads: 1 });
    const rand = stamp.split(":")[5] ?? "";
    seen.add(rand);
    [...rand].forEach((character, at) => {
      characters[at]?.add(character);
    });
  }
  assert.equal(seen.size, 2000);
  assert.deepEqual(
    characters.map((set) => set.size),
    Array(16).fill(64),
  );
});

test("onSearch is given a count of tries that grows to the total", async () => {
  const counts: (() => number)[] = [];
  const onSearch = ({ tried }: { tried(): number }) => counts.push(tried);
  const { tries } = await mint({ resource: RESOURCE, bits: 12, onSearch });
  assert.equal(counts.length, 1);
  assert.equal(counts[0]?.(), tries);
});

test("a search whose onSearch throws is cancelled, and the error handed on", async () => {
  const reason = new RangeError("on purpose");
  const signal = AbortSignal.timeout(12_000);
  let tried = () => 0;
  const onSearch = (search: { tried(): number }) => {
    tried = search.tried;
    throw reason;
  };
  await assert.rejects(mint({ resource: RESOURCE, bits: 64, onSearch, signal }), reason);
  for (const end = Date.now() + 10_000, counts = [-1]; counts[0] !== tried(); ) {
    assert.ok(Date.now() < end, "it goes on behind the caller's back");
    counts[0] = tried();
    await sleep(20);
  }
});

test("twenty at once", async () => {
  const minted = await Promise.all(
    Array.from({ length: 20 }, (_, i) => mint({ resource: `r${i}`, bits: 12 })),
  );
  minted.forEach(({ stamp }, i) => {
    assert.ok(verify(stamp, { bits: 12, resources: [`r${i}`] }).valid);
  });
});

test("a folded header comes back whole through the mail reader", async () => {
  for (let length = 1; length <= 200; length++) {
    const { stamp } = await mint({
      resource: "r".repeat(length),
      bits: 1,
      compact: length % 2 > 0,
    });
    const header = foldHeader("X-Hashcash", stamp);
    for (const line of header.split("\n")) assert.ok(line.length <= 76, line);
    assert.match(header, /^X-Hashcash: \S+(\n\t\S+)*$/);
    for (const end of ["\n", "\r\n"]) {
      const mail = Buffer.from(`${header}\nTo: you\n\nbody\n`.replaceAll("\n", end));
      const stamps: string[] = [];
      for await (const found of readMailStamps([mail])) stamps.push(found);
      assert.deepEqual(stamps, [stamp]);
    }
  }
});
