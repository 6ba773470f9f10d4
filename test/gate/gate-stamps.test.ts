import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkName } from "../../src/gate/name.ts";
import type { Quote } from "../../src/gate/types.ts";
import { checkResource } from "../../src/stamp/resource.ts";
import { mangled, often } from "../hostile.ts";
import { clock, withGate } from "./gate-place.ts";
import {
  CHEAP,
  digestOf,
  MINUTE,
  NOW,
  priceOf,
  REQUEST,
  reasonsOf,
  stampFor,
  stampsFor,
} from "./gate-posts.ts";

test("any mix of stamps pays whose work adds up, and no mix that falls short by one hash", () =>
  withGate({ terms: { ...CHEAP, base: 6.5, cap: 6.5 } }, async (gate) => {
    const { resource, leastBits } = await gate.quote(REQUEST);
    assert.equal(leastBits, 0);
    // 2^6.5 is 90.5 hashes: 91 pay it.
    const mixes: [number[], unknown][] = [
      [[6, 4, 3, 1, 0], 6.5],
      [[6, 4, 3, 1], "underpaid"],
      [[7], 6.5],
      [[6, 5], 6.5],
      [[6], "underpaid"],
    ];
    for (const [bits, expected] of mixes) {
      const stamps = bits.map((b) => stampFor(resource, b));
      assert.equal(priceOf(await gate.post({ ...REQUEST, stamps })), expected, bits.join());
    }
  }));

test("each reason against a stamp, and none is spent", () =>
  withGate({ terms: { ...CHEAP, base: 9, cap: 12 } }, async (gate) => {
    const quote = await gate.quote(REQUEST);
    const { resource: good, salt } = quote;
    const ofBob = await gate.quote({ ...REQUEST, poster: "bob" });
    const ofBoard = await gate.quote({ ...REQUEST, resource: "forum.example" });
    const ofMessage = await gate.quote({ ...REQUEST, digest: digestOf("!") });
    const stamp = stampFor(good, 9);
    const lucky = stampFor(good, 9).replace("1:9:", "1:30:");
    const cases: [string, string][] = [
      ["malformed", ""],
      ["malformed", "x".repeat(5000)],
      ["malformed", stamp.replace("alice", " ").slice(0, -200)],
      ["unsupported-version", `0:240301120000:${good}:x`],
      ["unsupported-version", stamp.replace("1:", "2:")],
      ["unsupported-algorithm", stampFor(good, 9, { ext: "alg=sha256" })],
      ["wrong-resource", stampFor("foo", 9)],
      ["wrong-resource", stampFor(`x${good}`, 9)],
      ["wrong-resource", stampFor(`${good}0`, 9)],
      ["wrong-resource", stampFor(ofMessage.resource, 9)],
      ["wrong-salt", stampFor(ofBob.resource, 9)],
      ["wrong-salt", stampFor(ofBoard.resource.replace("/", "/talk/"), 9)],
      ["wrong-salt", stampFor(good.replace(salt, "A".repeat(22)), 9)],
      ["wrong-salt", stampFor(good.replace(salt, `talk/${salt}`), 9)],
      ["wrong-salt", stampFor(good.replace(salt, ""), 9)],
      ["insufficient-bits", stampFor(good, 2)],
      ["coarse-date", stampFor(good, 9, { date: "240301" })],
      ["future", stampFor(good, 9, { date: "240301121001" })],
      ["expired", stampFor(good, 9, { date: "240301113000" })],
      ["missing-work", lucky],
    ];
    for (const [reason, bad] of cases) {
      for (const stamps of [[bad], [stamp, bad], [bad, stamp]]) {
        const verdict = await gate.post({ ...REQUEST, stamps });
        assert.equal(verdict.reason, reason, bad);
        assert.equal(reasonsOf(verdict)[stamps.indexOf(bad)], reason);
      }
    }
    const twice = await gate.post({ ...REQUEST, stamps: [stamp, stamp] });
    assert.deepEqual([twice.reason, reasonsOf(twice)], ["duplicate", [null, "duplicate"]]);
    // At the edges of its time a stamp is good; the one that all the others came with is too.
    for (const date of ["240301121000", "240301113001", "2403011200"]) {
      const verdict = await gate.post({ ...REQUEST, stamps: [stampFor(good, 12, { date })] });
      assert.ok(verdict.accepted, date);
    }
    assert.ok((await gate.post({ ...REQUEST, stamps: [stamp, stampFor(good, 12)] })).accepted);
  }));

test("a stamp is good in its salt's period and the next, and no stamp can be minted before", () =>
  withGate({ rotate: "10m" }, async (gate) => {
    clock.now = NOW + 9 * MINUTE;
    const quote = await gate.quote(REQUEST);
    assert.equal(quote.holds, 11 * MINUTE);
    const stamps = stampsFor(quote);
    clock.now += quote.holds - 1;
    const next = await gate.quote(REQUEST);
    assert.notEqual(next.salt, quote.salt);
    const spare = stampFor(quote.resource, 8);
    assert.ok((await gate.post({ ...REQUEST, stamps })).accepted);
    clock.now += 1;
    const late = await gate.post({ ...REQUEST, stamps: [spare] });
    assert.equal(late.reason, "wrong-salt");
    // Back in the salt's time it was spent, whatever the store has purged.
    clock.now -= 12 * MINUTE;
    assert.equal((await gate.post({ ...REQUEST, stamps })).reason, "spent");
    // A server whose clock is a little ahead has given out the salt of the next period.
    clock.now = NOW + 10 * MINUTE;
    const ahead = await gate.quote(REQUEST);
    clock.now -= 4000;
    const early = await gate.post({ ...REQUEST, stamps: [stampFor(ahead.resource, 9)] });
    assert.equal(early.reason, null);
    clock.now -= MINUTE;
    const tooEarly = await gate.post({ ...REQUEST, stamps: [stampFor(ahead.resource, 9)] });
    assert.equal(tooEarly.reason, "wrong-salt");
  }));

test("gates over one store agree on salts; a secret of one's own makes others", () =>
  withGate({}, async (gate, _, more) => {
    const salts = [
      gate,
      more({}),
      more({ secret: "sixteen letters!" }),
      more({ secret: "sixteen letters?" }),
    ];
    const [a, b, c, d] = await Promise.all(salts.map(async (g) => (await g.quote(REQUEST)).salt));
    assert.equal(a, b);
    assert.equal(new Set([a, c, d]).size, 3);
    // Where the board ends and the poster begins is part of it.
    const [one, other] = await Promise.all([
      gate.quote({ resource: "ab", poster: "c" }),
      gate.quote({ resource: "a", poster: "bc" }),
    ]);
    assert.notEqual(one.salt, other.salt);
  }));

test("no more is hashed than it takes: not what claims too little, nothing behind a lie", () =>
  withGate({ terms: { ...CHEAP, base: 9, cap: 12 } }, async (gate) => {
    const { resource } = await gate.quote(REQUEST);
    const hashed = async (stamps: string[]) => {
      const verdict = await gate.post({ ...REQUEST, stamps });
      assert.ok(!verdict.accepted);
      return [verdict.reason, verdict.stamps.filter(({ judged }) => judged).length];
    };
    const small = Array.from({ length: 63 }, () => stampFor(resource, 3));
    const lie = stampFor(resource, 3).replace("1:3:", "1:60:");
    assert.deepEqual(await hashed(small), ["underpaid", 0]);
    assert.deepEqual(await hashed([...small.slice(0, 4), lie, ...small.slice(4)]), [
      "missing-work",
      5,
    ]);
    assert.deepEqual(await hashed([...small, lie, lie]), ["too-many-stamps", 0]);
    assert.deepEqual(await hashed([]), ["no-stamps", 0]);
    assert.deepEqual(await hashed([lie, "nonsense"]), ["malformed", 1]);
  }));

/** Not every grapheme is printable text. */
function isName(text: string): boolean {
  try {
    return checkName(text, "name") === text;
  } catch {
    return false;
  }
}

test("property: no two boards and posters share a resource, and every one can be minted for", () =>
  withGate({}, async (gate) => {
    const name = fc.oneof(
      fc.constantFrom("a", "a/b", "a%2Fb", "1:a", "{digest}", "é", "a b"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter(isName),
    );
    const property = fc.asyncProperty(name, name, name, name, async (r1, p1, r2, p2) => {
      const quotes: Quote[] = await Promise.all([
        gate.quote({ ...REQUEST, resource: r1, poster: p1 }),
        gate.quote({ ...REQUEST, resource: r2, poster: p2 }),
      ]);
      const [one, two] = quotes.map(({ resource }) => resource);
      assert.equal(one === two, r1 === r2 && p1 === p2);
      checkResource(one ?? "");
    });
    await fc.assert(property, { numRuns: 300 });
    const long = { resource: "x".repeat(512), poster: "\u{10fffd}".repeat(256) };
    checkResource((await gate.quote(long)).resource);
    const longer = { ...long, resource: "\u{10fffd}".repeat(170) };
    checkResource((await gate.quote(longer)).resource);
    const longest = { ...long, resource: "\u{10fffd}".repeat(171) };
    await assert.rejects(gate.quote(longest), { parameter: "resource" });
  }));

test("hostile: no mangled stamps are accepted, nothing is thrown, and nothing is spent", () =>
  withGate({ terms: { ...CHEAP, base: 8, cap: 8 } }, async (gate) => {
    const quote = await gate.quote(REQUEST);
    const good = Array.from({ length: 4 }, () => stampFor(quote.resource, 7));
    const set = new Set(good);
    const property = fc.asyncProperty(
      fc.array(mangled(good), { maxLength: 70 }),
      async (stamps) => {
        fc.pre(stamps.filter((stamp) => set.has(stamp)).length < 2);
        const verdict = await gate.post({ ...REQUEST, stamps });
        // A mangled one may be a stamp all the same, of less bits or with another counter; two of
        // those that still claim enough are as hard to come by as minting them.
        if (verdict.accepted) assert.ok(stamps.length >= 1 && verdict.paid >= 8);
        else assert.ok(verdict.stamps.length === stamps.length || verdict.stamps.length === 0);
      },
    );
    await fc.assert(property, often(200));
    const spent = await gate.post({ ...REQUEST, stamps: good });
    assert.ok(spent.accepted || spent.reason === "spent");
  }));
