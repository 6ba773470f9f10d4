import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { PORTRAIT_NAMES, portrait } from "../../src/price/portraits.ts";
import { pricedPosts, simulate } from "../../src/price/simulate.ts";
import { MAX_ARRIVALS, type Stream, steadyStream } from "../../src/price/stream.ts";
import { type PriceTerms, readTerms } from "../../src/price/terms.ts";
import { MAX_TRACE_LINE, readTrace } from "../../src/price/trace.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { mangled, often } from "../hostile.ts";

const MINUTE = 60_000;
const TERMS: PriceTerms = { base: 20, cap: 26, interval: "1m", burst: "3m", tau: "5m" };

const read = (text: string | Uint8Array) =>
  readTrace("trace", [typeof text === "string" ? Buffer.from(text) : text]);

/** The formula, worked out with the numbers of this language rather than with whole ones. */
function plainPrices(stream: Stream, newcomer = 0): number[] {
  const tats = new Map<string, number>();
  return stream.arrivals.map(({ time, poster, weight }) => {
    const debt = Math.max(0, (tats.get(poster) ?? time + newcomer * MINUTE) - time);
    const full = 3 * MINUTE + 6 * 5 * MINUTE;
    tats.set(poster, time + Math.max(debt, Math.min(full, debt + MINUTE * weight)));
    return Math.min(26, 20 + Math.max(0, debt - 3 * MINUTE) / (5 * MINUTE));
  });
}

test("each post pays what the formula says", () => {
  for (const newcomer of [0, 8]) {
    for (const options of [{ gap: 700 }, { gap: 20_000, seed: 3 }, { gap: 900, posters: 7 }]) {
      const stream = steadyStream({ name: "x", duration: 40 * MINUTE, weight: 1.5, ...options });
      const posts = [...pricedPosts(stream, readTerms({ ...TERMS, newcomer }))];
      const plain = plainPrices(stream, newcomer);
      assert.equal(posts.length, plain.length);
      posts.forEach(({ price, hashes }, i) => {
        // Rounded up to 1/256 bit.
        const excess = price - (plain[i] ?? 0);
        assert.ok(excess >= -1e-9 && excess < 1 / 256 + 1e-9, `post ${i}: ${price}, ${plain[i]}`);
        assert.ok(Math.abs(hashes / 2 ** price - 1) < 1e-6);
      });
      const sum = simulate(stream, readTerms({ ...TERMS, newcomer }));
      assert.equal(sum.posts, plain.length);
      assert.equal(
        sum.hashes,
        posts.reduce((total, { hashes }) => total + hashes, 0),
      );
      assert.equal(sum.highest, Math.max(...posts.map(({ price }) => price)));
    }
  }
});

test("with a power, posts come once they are paid for, and no more than that", () => {
  const stream = steadyStream({ name: "bot", gap: 600, duration: 20 * MINUTE });
  const power = 1e6;
  const posts = [...pricedPosts(stream, readTerms(TERMS), { power })];
  assert.ok(posts.length > 5 && posts.length < stream.arrivals.length);
  const hashes = posts.reduce((total, post) => total + post.hashes, 0);
  assert.ok(hashes <= power * 20 * 60 && hashes > 0.8 * power * 20 * 60);
  // Always behind: each begins when the one before it is through.
  let free = 0;
  for (const { time, hashes: cost } of posts) {
    assert.ok(Math.abs(time - free - (1000 * cost) / power) <= 1);
    free = time;
  }
  const strong = simulate(stream, readTerms(TERMS), { power: 1e15 });
  assert.equal(strong.posts, strong.wanted);
  for (const wrong of [0, -1, Number.NaN, Infinity]) {
    assert.throws(() => simulate(stream, readTerms(TERMS), { power: wrong }), /power/);
  }
});

test("the course is what the busiest poster would pay at each moment", () => {
  const text = "0 a\n1 a\n2 a\n3 a\n4 a\n5 a\n6 a\n7 a\n1800 b\n";
  return read(text).then((stream) => {
    const { course, busiest, posters } = simulate(stream, readTerms(TERMS));
    assert.equal(busiest, "a");
    assert.deepEqual([...posters.keys()], ["a", "b"]);
    assert.equal(course[0]?.[1], 20);
    const highest = Math.max(...course.map(([, bits]) => bits));
    assert.ok(Math.abs(highest - (20 + (8 - 3) / 5)) < 0.03, `${highest}`);
    assert.equal(course.at(-1)?.[1], 20);
    assert.equal(course.length, 241);
  });
});

test("known posters and credit are no newcomers", () => {
  const stream = portrait("newcomer");
  const terms = readTerms({ newcomer: 30 });
  assert.equal(simulate(stream, terms).first, 25);
  assert.equal(simulate({ ...stream, known: true }, terms).first, 20);
  assert.equal(simulate(stream, terms, { credit: 0 }).first, 20);
  const bot = portrait("bot", MINUTE);
  assert.ok(simulate(bot, terms, { credit: 100 }).hashes < simulate(bot, terms).hashes / 100);
});

test("streams are the same everywhere, and bounded", () => {
  const times = (seed: number) =>
    steadyStream({ name: "x", gap: 1000, duration: 10_000, seed }).arrivals.map(({ time }) => time);
  assert.deepEqual(times(1), times(1));
  assert.notDeepEqual(times(1), times(2));
  const many = steadyStream({ name: "x", gap: 100, duration: 1e7, seed: 5 }).arrivals.length;
  // 100,000 on average, with a standard deviation of 316.
  assert.ok(Math.abs(many - 100_000) < 5 * 316, `${many}`);
  const even = steadyStream({ name: "x", gap: 600, duration: MINUTE }).arrivals;
  assert.deepEqual([even.length, even.at(-1)?.time], [100, 59_400]);
  assert.throws(
    () => steadyStream({ name: "x", gap: 0.1, duration: MAX_ARRIVALS }),
    /more than 1000000 posts/,
  );
  for (const name of PORTRAIT_NAMES) assert.ok(portrait(name).arrivals.length > 0);
});

test("a trace is read whatever its order and form", async () => {
  const lines = [
    "# posts",
    "10 alice 2.5",
    '{"time": 3.25, "poster": "bob the builder"}',
    "",
    "7",
    '{"time":"1970-01-01T00:00:05Z","poster":"ü","weight":2}\r',
    "@6 alice",
  ];
  const { arrivals, start, end } = await read(lines.join("\n"));
  assert.deepEqual(arrivals, [
    { time: 3250, poster: "bob the builder", weight: 1 },
    { time: 5000, poster: "ü", weight: 2 },
    { time: 6000, poster: "alice", weight: 1 },
    { time: 7000, poster: "poster", weight: 1 },
    { time: 10_000, poster: "alice", weight: 2.5 },
  ]);
  assert.deepEqual([start, end], [3250, 10_001]);
});

test("a bad line is refused with its number", async () => {
  const bad: [string, RegExp][] = [
    ["yesterday", /trace, line 2: a time must be/],
    ["-1", /line 2/],
    ["1e9", /line 2/],
    ["NaN a", /line 2/],
    ["1732486012000", /line 2: .* in seconds/],
    ["1 a 0", /line 2: a weight is from 1 to 1000/],
    ["1 a 1001", /line 2: a weight/],
    ["1 a 1 more", /line 2: a line is TIME/],
    ["{", /line 2: not JSON/],
    ["{}", /line 2: "time"/],
    ['{"time":null}', /line 2: "time"/],
    ['{"time":1,"poster":5}', /line 2: "poster"/],
    ['{"time":1,"weight":"x"}', /line 2: a weight/],
    ["1 ".padEnd(MAX_TRACE_LINE + 10, "a"), /line 2: longer than 4096/],
  ];
  for (const [line, message] of bad) {
    await assert.rejects(read(`1 a\n${line}\n`), message, line);
  }
  await assert.rejects(read(""), /there is no post/);
  await assert.rejects(read("# none\n\n"), /there is no post/);
});

test("hostile: whatever a trace holds, it is read or refused, and priced in bounds", async () => {
  const good = ["1 a 2\n2.5 b\n@3\n", '{"time":1,"poster":"a"}\n2024-02-29T12:34:56Z b 1000\n'];
  const terms = readTerms(TERMS);
  let readable = 0;
  await fc.assert(
    fc.asyncProperty(mangled(good), async (text) => {
      let stream: Stream;
      try {
        stream = await read(Buffer.from(text));
      } catch (error) {
        assert.ok(error instanceof StampmillError && error.code === "bad-input", `${error}`);
        return;
      }
      readable++;
      const sum = simulate(stream, terms);
      assert.equal(sum.posts, sum.wanted);
      assert.ok(sum.hashes >= sum.posts * 2 ** 20 && sum.highest <= 26);
      assert.ok(sum.course.every(([seconds, bits]) => seconds >= 0 && bits >= 20 && bits <= 26));
    }),
    often(300),
  );
  assert.ok(readable > 10);
});

test("what docs/price.md works out by hand is what is charged", () => {
  const text = readFileSync(new URL("../../docs/price.md", import.meta.url), "utf8");
  const rows = [
    ...text.matchAll(/^\| (\d+) \| \d+ min \| .* \| (\d+)(?: \+ 1\/5)? bits \| (\S+) M \|$/gm),
  ];
  assert.equal(rows.length, 5);
  const stream = steadyStream({ name: "x", gap: 10, duration: 120 });
  const posts = [...pricedPosts(stream, readTerms())];
  for (const [row, number, bits, millions] of rows) {
    const post = posts[Number(number) - 1];
    const expected = Number(bits) + (row.includes("1/5") ? 0.2 : 0);
    assert.ok(post && post.price >= expected && post.price < expected + 1 / 256, row);
    assert.ok(Math.abs(post.hashes / 1e6 - Number(millions)) < 0.01, row);
  }
  // The break-even: 30 intervals make the first post 32 times as dear; 28 minutes later names with a
  // post in ten minutes are at the base.
  const { course, first } = simulate(portrait("names"), readTerms({ newcomer: 30 }));
  assert.equal(first, 25);
  const base = course.find(([, bits]) => bits === 20)?.[0] ?? 0;
  assert.ok(Math.abs(base / 60 - 28) < 1, `${base}`);
});
