import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { leadingZeroBits } from "../../src/engine/algorithms.ts";
import {
  answerNostrPolicy,
  loadNostrSignatureCheck,
  mintNostr,
  type NostrEvent,
  verifyNostr,
} from "../../src/systems/index.ts";
import { idOf, serializeNote } from "../../src/systems/nostr/event.ts";
import { nonceShapes } from "../../src/systems/nostr/layout.ts";
import { often } from "../hostile.ts";

const path = new URL("../vectors/other-systems.json", import.meta.url);
const { nip13 } = JSON.parse(readFileSync(path, "utf8"));
const [vector] = nip13.vectors;
const good: NostrEvent & { sig: string } = vector.event;

const checkNostrSignature = await loadNostrSignatureCheck();
const reasonOf = (event: unknown, bits: number) => verifyNostr(event, { bits }).reason;
const utf8 = (value: unknown) => Buffer.from(JSON.stringify(value));

test("the example of NIP-13: serialised to the byte, worth its target and no more", () => {
  assert.equal(serializeNote(good), vector.serialized);
  assert.equal(idOf(good), good.id);
  const verdict = verifyNostr(good, { bits: 20, signature: checkNostrSignature });
  assert.deepEqual(verdict, {
    ...{ valid: true, reason: null, problem: null, id: good.id, bits: 20 },
    zeros: vector.difficulty_actual,
  });
  assert.equal(reasonOf(good, 21), "insufficient-bits");
});

test("bits of an id are counted as nostr-tools counts them", () => {
  const rows: [string, number][] = nip13.count_vectors.id_to_bits;
  assert.equal(rows.length, 6);
  for (const [id, bits] of rows) assert.equal(leadingZeroBits(id), bits, id);
});

test("each reason has its no", () => {
  const tags = (...list: string[][]) => ({ ...good, tags: list });
  assert.equal(reasonOf(tags(), 20), "no-nonce");
  for (const target of ["", "020", "+20", "20 ", "2e1", "257", "0x14"]) {
    assert.equal(reasonOf(tags(["nonce", "1", target]), 0), "no-nonce", target);
  }
  assert.equal(reasonOf(tags(["nonce", "776797"]), 0), "no-nonce");
  assert.equal(reasonOf(tags(["nonce", "1", "20"], ["nonce", "776797", "20"]), 0), "two-nonces");
  assert.equal(reasonOf(tags(["nonce", "776797", "22"]), 20), "missing-work");
  assert.equal(reasonOf(tags(["nonce", "776798", "20"]), 20), "wrong-id");
  assert.equal(reasonOf({ ...good, content: "x" }, 20), "wrong-id");
  const signature = checkNostrSignature;
  for (const sig of [undefined, 1, "", good.sig.toUpperCase(), `1${good.sig.slice(1)}`]) {
    assert.equal(verifyNostr({ ...good, sig }, { bits: 20, signature }).reason, "bad-signature");
  }
  // No point of the curve has this x.
  const pubkey = "f".repeat(64);
  assert.equal(checkNostrSignature({ ...good, pubkey }, good.sig), false);
});

test("what is no event is malformed", () => {
  const bad: unknown[] = [null, 1, "x", [], {}, { ...good, id: good.id.toUpperCase() }];
  const change = [
    ...[{ id: good.id.slice(1) }, { pubkey: 1 }, { pubkey: good.pubkey.slice(2) }, { kind: 65536 }],
    ...[{ kind: 1.5 }, { kind: "1" }, { kind: -1 }, { created_at: 2 ** 53 }],
    ...[{ created_at: "1" }, { tags: {} }, { tags: [1] }, { tags: [[1]] }, { content: null }],
    ...[{ content: "\ud800" }, { content: "a\udc00b" }, { tags: [["x", "\ud83d"]] }],
  ];
  for (const event of [...bad, ...change.map((fields) => ({ ...good, ...fields }))]) {
    assert.equal(reasonOf(event, 0), "malformed", JSON.stringify(event));
    assert.equal(reasonOf(utf8(event), 0), "malformed", JSON.stringify(event));
  }
  const text = JSON.stringify(good);
  const bytes = [
    Buffer.from(text.replace('"kind":1', '"kind":-0')),
    Buffer.from(text.replace('"kind":1', '"kind":1,"kind":1')),
    Buffer.from(text.replace('"kind":1', '"kind":1,"k\\u0069nd":2')),
    Buffer.from(text.replace("mining", "\xff"), "latin1"),
    Buffer.from(`\ufeff${text}`),
    Buffer.alloc(2 ** 19 + 1, 0x20),
    Buffer.from("[".repeat(100_000)),
  ];
  for (const event of bytes) assert.equal(reasonOf(event, 0), "malformed");
});

test("NIP-01's escapes, and every other character as it is", () => {
  const content = '\n"\\\r\t\b\f\u0001\u007f\u2028/é\u{1f600}';
  const text = serializeNote({ ...good, tags: [["t", "\n"]], content });
  const head = `[0,"${good.pubkey}",1651794653,1,[["t","\\n"]],`;
  assert.equal(text, `${head}"\\n\\"\\\\\\r\\t\\b\\f\u0001\u007f\u2028/é\u{1f600}"]`);
});

test("what is minted is valid, whatever it says and wherever its nonce falls", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 100 });
  const notes = fc.record({
    ...{ content: text, tags: fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 3 }) },
    kind: fc.nat(65535),
    created_at: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(notes, fc.boolean(), fc.nat(10), async (note, compact, bits) => {
      const event = { ...note, pubkey: good.pubkey, id: "x", sig: "y" };
      const minted = await mintNostr({ event, bits, compact });
      const { tags, content, id } = minted.event;
      assert.equal(content, note.content);
      const others = note.tags.filter(([name]) => name !== "nonce");
      assert.deepEqual(tags.slice(0, -1), others);
      assert.equal(id, createHash("sha256").update(serializeNote(minted.event)).digest("hex"));
      assert.equal(reasonOf(utf8(minted.event), bits), null);
      assert.ok(!("sig" in minted.event));
    }),
    often(40),
  );
});

test("old nonces go, created_at is the clock's if asked for or missing", async () => {
  const before = Math.floor(Date.now() / 1000);
  const { created_at, ...rest } = good;
  for (const options of [{ event: rest }, { event: good, updateTime: true }]) {
    const { event } = await mintNostr({ ...options, bits: 3 });
    assert.ok(event.created_at >= before);
    assert.equal(event.tags.length, 1);
  }
  assert.equal((await mintNostr({ event: good, bits: 3 })).event.created_at, created_at);
});

test("a nonce ends three digits into a block, unless a short one is cheaper or asked for", () => {
  for (let before = 80; before < 80 + 64; before++) {
    const place = { before, after: 10_000 };
    const [shape] = nonceShapes(place, 21, false);
    assert.ok(shape !== undefined);
    const end = before + shape.fixed.length + shape.digits;
    assert.equal(end % 64, 3, `${before}`);
    assert.ok(10 ** shape.digits > 100 * 2 ** 21 && shape.digits <= 18);
    const [short] = nonceShapes(place, 21, true);
    assert.deepEqual(short, { fixed: "", digits: 10, start: 10n ** 9n });
  }
});

test("events that cannot be minted are refused by name", async () => {
  const bad = [null, [], {}, { ...good, more: 1 }, { ...good, content: "\ud800" }];
  for (const event of bad) {
    await assert.rejects(mintNostr({ event, bits: 1 }), { code: "bad-input", parameter: "event" });
  }
  await assert.rejects(mintNostr({ event: good, bits: 65 }), { parameter: "bits" });
  await assert.rejects(mintNostr({ event: good, bits: 64, timeout: 5 }), { code: "not-found" });
  assert.throws(() => verifyNostr(good, { bits: 257 }), { parameter: "bits" });
});

test("a plugin's answers have the event's id, and reject what is not understood", () => {
  const request = { type: "new", event: good, receivedAt: 1, sourceType: "IP4", sourceInfo: "::1" };
  const answer = (value: unknown, bits = 20) => answerNostrPolicy(utf8(value), bits);
  assert.deepEqual(answer(request), { id: good.id, action: "accept", msg: "" });
  const { id, action, msg } = answer(request, 21);
  assert.deepEqual([id, action], [good.id, "reject"]);
  assert.match(msg, /^pow: 21 bits are needed, 20 are committed to$/);
  assert.equal(answer({ ...request, type: "lookback" }).action, "reject");
  assert.equal(answer({ ...request, event: { ...good, content: "" } }).action, "reject");
  for (const value of [null, {}, [], "new", { type: "new" }, { type: "new", event: [] }]) {
    assert.equal(answer(value).action, "reject");
  }
  assert.equal(answerNostrPolicy(Buffer.from("x"), 0).action, "reject");
});

test("hostile JSON gets a verdict and an answer, and is never accepted", () => {
  fc.assert(
    fc.property(fc.anything(), fc.uint8Array({ maxLength: 200 }), (value, bytes) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value) ?? "null");
      assert.equal(verifyNostr(parsed, { bits: 1 }).valid, false);
      assert.equal(verifyNostr(bytes, { bits: 1 }).valid, false);
      assert.equal(answerNostrPolicy(bytes, 1).action, "reject");
      const event = { ...good, ...(typeof parsed === "object" ? parsed : {}), kind: parsed };
      if (parsed !== 1) assert.equal(verifyNostr(event, { bits: 1 }).valid, false);
    }),
    often(300),
  );
});
