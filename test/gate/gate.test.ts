import assert from "node:assert/strict";
import { test } from "node:test";
import { createGate } from "../../src/gate/gate.ts";
import type { GateOptions, PostRequest } from "../../src/gate/types.ts";
import type { Store } from "../../src/store/charge.ts";
import { clock, withGate } from "./gate-place.ts";
import {
  CHEAP,
  digestOf,
  MINUTE,
  NOW,
  pay,
  priceOf,
  REQUEST,
  reasonsOf,
  stampFor,
  stampsFor,
} from "./gate-posts.ts";

test("posts cost the base at the free pace, more with every one beyond, and less with time", () =>
  withGate({}, async (gate) => {
    const quote = await gate.quote(REQUEST);
    assert.deepEqual(
      { ...quote, salt: quote.salt.length, resource: "", explanation: "" },
      {
        price: 6,
        bits: 3,
        count: 8,
        algorithm: "sha1",
        salt: 22,
        resource: "",
        date: "240301120000",
        holds: 20 * MINUTE,
        leastBits: 0,
        maxStamps: 64,
        debt: 0,
        cheapAt: null,
        explanation: "",
      },
    );
    assert.equal(quote.resource, `forum.example/talk/${quote.salt}/${REQUEST.digest}`);
    const prices: unknown[] = [];
    for (let i = 0; i < 11; i++) prices.push(priceOf(await pay(gate)));
    assert.deepEqual(prices, [6, 6, 6, 7, 8, 9, 10, 11, 12, 12, 12]);
    // The debt ended at the cap: two minutes of burst and six bits of a minute.
    assert.equal((await gate.quote(REQUEST)).debt, 8 * MINUTE);
    assert.equal((await gate.quote({ ...REQUEST, poster: "bob" })).price, 6);
    assert.equal((await gate.quote({ ...REQUEST, resource: "elsewhere" })).price, 6);
    clock.now += 2.5 * MINUTE;
    const later = await gate.quote(REQUEST);
    assert.deepEqual([later.price, later.bits, later.count], [9.5, 6, 12]);
    assert.equal(later.cheapAt, "2024-03-01T12:06:00Z");
    clock.now = NOW + 6 * MINUTE;
    assert.equal((await gate.quote(REQUEST)).price, 6);
  }));

test("an accepted post says what it cost, what was paid, and what the next one costs", () =>
  withGate({}, async (gate) => {
    const quote = await gate.quote(REQUEST);
    const stamps = [...stampsFor(quote), stampFor(quote.resource, 5)];
    const verdict = await gate.post({ ...REQUEST, stamps });
    assert.ok(verdict.accepted);
    // 96 hashes for a price of 64: log2(96) cut to 1/256.
    assert.deepEqual([verdict.price, verdict.paid], [6, 6 + 149 / 256]);
    assert.deepEqual(
      verdict.stamps.map(({ judged, reason, bits }) => [judged, reason, bits]),
      [...Array(8).fill([true, null, 3]), [true, null, 5]],
    );
    assert.equal(verdict.next.debt, MINUTE);
    const again = await gate.post({ ...REQUEST, stamps });
    assert.ok(!again.accepted);
    assert.deepEqual([again.reason, new Set(reasonsOf(again))], ["spent", new Set(["spent"])]);
    assert.equal(again.quote.debt, MINUTE, "a refused post raised the debt");
  }));

test("of two posts at one moment the second pays more, with its own stamps and what is missing", () =>
  withGate({ terms: { ...CHEAP, burst: 0 } }, async (gate) => {
    const other = { ...REQUEST, digest: digestOf("another message") };
    const [one, two] = await Promise.all([gate.quote(REQUEST), gate.quote(other)]);
    const [first, second] = [stampsFor(one), stampsFor(two)];
    const verdicts = await Promise.all([
      gate.post({ ...REQUEST, stamps: first }),
      gate.post({ ...other, stamps: second }),
    ]);
    assert.deepEqual(verdicts.map(priceOf), [6, "underpaid"]);
    const [, refused] = verdicts;
    assert.ok(refused && !refused.accepted);
    // A bit more is as much again.
    assert.deepEqual([refused.quote.price, refused.missing], [7, { bits: 3, count: 8 }]);
    assert.deepEqual(new Set(reasonsOf(refused)), new Set([null]));
    const topUp = stampsFor({ ...refused.quote, ...(refused.missing ?? { bits: 0, count: 0 }) });
    const third = await gate.post({ ...other, stamps: [...second, ...topUp] });
    assert.equal(priceOf(third), 7);
  }));

test("newcomers, known posters, credit and weight", () =>
  withGate({ terms: { ...CHEAP, newcomer: 4 }, known: new Map([["carol", 3]]) }, async (gate) => {
    const price = async (more: Partial<PostRequest>) =>
      (await gate.quote({ ...REQUEST, ...more })).price;
    assert.equal(await price({}), 8);
    assert.equal(await price({ poster: "carol" }), 6);
    assert.equal(await price({ poster: "dave", credit: 0 }), 6);
    // Patience begins with the first post: until then a newcomer is one.
    clock.now += 60 * MINUTE;
    assert.equal(await price({}), 8);
    assert.equal(priceOf(await pay(gate)), 8);
    clock.now += 3 * MINUTE;
    assert.equal(await price({}), 6);
    assert.equal(priceOf(await pay(gate, { ...REQUEST, poster: "carol", weight: 8 })), 6);
    assert.equal(await price({ poster: "carol" }), 9);
    assert.equal(await price({ poster: "carol", credit: 6 }), 6);
    for (const [parameter, value] of [
      ["weight", 0],
      ["weight", "2"],
      ["credit", -1],
    ] as const) {
      await assert.rejects(gate.quote({ ...REQUEST, [parameter]: value }), { parameter });
    }
  }));

test("explain says why, what the next posts would cost, and when it is cheap again", () =>
  withGate({}, async (gate) => {
    const why = () => gate.explain(REQUEST);
    const usual = { base: 6, cap: 12, free: 2 * MINUTE };
    const { explanation, ...first } = await why();
    const next = [6, 6, 7, 8, 9, 10, 11, 12];
    const cheap = { bitCheaperAt: null, cheapAt: null };
    assert.deepEqual(first, { standing: "newcomer", price: 6, debt: 0, ...usual, ...cheap, next });
    assert.match(explanation, /^the base price: /);
    for (let i = 0; i < 5; i++) await pay(gate);
    const { explanation: told, ...later } = await why();
    assert.deepEqual(later, {
      standing: "seen",
      price: 9,
      debt: 5 * MINUTE,
      ...usual,
      bitCheaperAt: "2024-03-01T12:01:00Z",
      cheapAt: "2024-03-01T12:03:00Z",
      next: [10, 11, 12, 12, 12, 12, 12, 12],
    });
    assert.equal(
      told,
      "this poster is 5 min ahead of a post every 1 min: 2 min cost nothing, " +
        "each further 1 min doubles the price",
    );
    clock.now = NOW + MINUTE;
    assert.equal((await why()).price, 8);
  }));

test("a quote is as of a little earlier, so that a clock slightly behind still takes it", () =>
  withGate({ terms: { ...CHEAP, burst: 0, tolerance: "2s" } }, async (ahead, _, more) => {
    await pay(ahead);
    const behind = more({ now: () => clock.now - 2000 });
    clock.now += 30_000;
    const quote = await ahead.quote(REQUEST);
    assert.ok(quote.price > 6.5 && quote.price < 6.6);
    const verdict = await behind.post({ ...REQUEST, stamps: stampsFor(quote) });
    assert.equal(priceOf(verdict), quote.price);
  }));

test("a flood of refused posts asks the store once a second, and is told what posts meanwhile cost", () =>
  withGate({ terms: { ...CHEAP, burst: 0 } }, async (other, store, more) => {
    let asked = 0;
    const counting: Store = Object.create(store, {
      leads: {
        value: (...args: Parameters<Store["leads"]>) => {
          asked++;
          return store.leads(...args);
        },
      },
      secret: { value: () => store.secret() },
      charge: { value: (...args: Parameters<Store["charge"]>) => store.charge(...args) },
    });
    const gate = more({ store: counting });
    const priceOfRefusal = async () => {
      const verdict = await gate.post({ ...REQUEST, stamps: ["no stamp"] });
      assert.equal(verdict.accepted, false);
      return verdict.accepted ? null : verdict.quote.price;
    };
    const prices = async (posts: number) => {
      asked = 0;
      const seen = new Set<number | null>();
      for (let i = 0; i < posts; i++) seen.add(await priceOfRefusal());
      return [asked, ...seen];
    };
    assert.deepEqual(await prices(50), [1, 6]);
    await pay(gate);
    assert.deepEqual(await prices(50), [0, 7]);
    // What another gate accepts is seen within a second, or by whoever asks for the price.
    await pay(other);
    clock.now += 999;
    assert.deepEqual(await prices(2), [0, 6.984375]);
    clock.now += 1;
    assert.deepEqual(await prices(2), [1, 7.984375]);
    await pay(other);
    assert.equal((await gate.quote(REQUEST)).price, 8.984375);
    assert.deepEqual(await prices(2), [0, 8.984375]);
    // A clock that jumps back is not believed.
    clock.now -= 1;
    assert.equal((await prices(2))[0], 1);
  }));

test("a store that fails accepts nothing, and is asked again", () =>
  withGate({}, async (_, store, more) => {
    const failing = { down: true };
    const flaky: Store = Object.create(store, {
      secret: { value: () => (failing.down ? Promise.reject(new Error("down")) : store.secret()) },
      charge: { value: () => Promise.reject(new Error("down")) },
      leads: { value: (...args: Parameters<Store["leads"]>) => store.leads(...args) },
    });
    const gate = more({ store: flaky });
    await assert.rejects(gate.quote(REQUEST), /down/);
    failing.down = false;
    const quote = await gate.quote(REQUEST);
    const stamps = stampsFor(quote);
    await assert.rejects(gate.post({ ...REQUEST, stamps }), /down/);
    assert.ok((await more({}).post({ ...REQUEST, stamps })).accepted);
  }));

test("wrong options and requests are refused by name", () =>
  withGate({}, async (gate, store) => {
    const options: [string, Record<string, unknown>][] = [
      ["store", { store: {} }],
      ["base", { terms: { base: -1 } }],
      ["algorithm", { algorithm: "md5" }],
      ["secret", { secret: "too short" }],
      ["rotate", { rotate: "5s" }],
      ["rotate", { rotate: "2d" }],
      ["grace", { grace: "25h" }],
      ["maxStamps", { maxStamps: 15 }],
      ["maxStamps", { maxStamps: 1001 }],
      ["known", { known: { alice: 1 } }],
      ["known", { known: new Map([["alice\n", 1]]) }],
      ["credit", { known: new Map([["alice", -1]]) }],
      ["now", { now: 5 }],
      ["bits", { bits: 20 }],
    ];
    for (const [parameter, more] of options) {
      const make = () => createGate({ store, ...more } as GateOptions);
      assert.throws(make, { code: "bad-input", parameter }, parameter);
    }
    const requests: [string, Record<string, unknown>][] = [
      ["resource", { resource: "" }],
      ["resource", { resource: "x".repeat(513) }],
      ["resource", { resource: "half \ud800" }],
      ["poster", { poster: undefined }],
      ["poster", { poster: "\udc00" }],
      // Nothing that is no printable text: ends of lines, NUL, escapes, marks that turn direction.
      ...[
        "a\0b",
        "a\nb",
        "a\r",
        "\u001b[31m",
        "\u0085",
        "\u007f",
        "a\u2028",
        "\u2029",
        "\u202ea",
        "\ufffe",
      ].flatMap((name): [string, Record<string, unknown>][] => [
        ["resource", { resource: name }],
        ["poster", { poster: name }],
      ]),
      ["digest", { digest: "ABCD" }],
      ["digest", { digest: REQUEST.digest.toUpperCase() }],
      ["digest", { digest: undefined }],
      ["stamps", { stamps: "1:20:…" }],
    ];
    for (const [parameter, more] of requests) {
      const post = gate.post({ ...REQUEST, stamps: [], ...more } as PostRequest & { stamps: [] });
      await assert.rejects(post, { code: "bad-input", parameter }, parameter);
    }
    // Letters of all scripts, joiners within them, and blanks are printable.
    for (const poster of [
      "José",
      "می\u200cخواهم",
      "क्\u200dष",
      "👩\u200d🚀",
      "Ann Example",
      "a\u00a0b",
    ]) {
      assert.equal((await gate.quote({ ...REQUEST, poster })).salt.length > 0, true, poster);
    }
    const open = await gate.quote({ ...REQUEST, digest: undefined });
    assert.ok(open.resource.endsWith("/{digest}"));
  }));
