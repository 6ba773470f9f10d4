import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ALGORITHMS, leadingZeroBits, stampDigest } from "../../src/engine/algorithms.ts";
import { extFor, readAlgorithm } from "../../src/stamp/ext.ts";
import {
  formatStamp,
  isProblem,
  MAX_STAMP_LENGTH,
  parseStamp,
  readStamp,
  type StampFields,
} from "../../src/stamp/stamp.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { mangled, often } from "../hostile.ts";
import { type ParserVector, readVectors, type StampVector } from "../vectors.ts";
import { isPlainStamp } from "./grammar.ts";

const NOW = Date.UTC(2026, 10, 22);

/** The message of the problem with a text, or "stamp" if there is none. */
function problem(text: string): string {
  const result = readStamp(text, NOW);
  return isProblem(result) ? `${result.reason}: ${result.message}` : "stamp";
}

test("every published stamp is read as hashcash(1) reads it", () => {
  const refused = new Map([
    ["1:42:060922:When I think", /space \(U\+0020\)/],
    ["1:1:111111::::", /resource may not be empty/],
    ["1:0:111111::::", /resource may not be empty/],
  ]);
  const vectors = [
    ...readVectors<StampVector>("hashcash-public"),
    ...readVectors<StampVector>("hashcash-minted"),
  ];
  assert.equal(vectors.length, 39);
  let accepted = 0;
  for (const vector of vectors) {
    assert.equal(stampDigest(vector.stamp, "sha1"), vector.sha1);
    assert.equal(leadingZeroBits(vector.sha1), vector.zero_bits);
    const reason = [...refused].find(([start]) => vector.stamp.startsWith(start))?.[1];
    if (reason) {
      assert.match(problem(vector.stamp), reason);
      continue;
    }
    accepted++;
    const stamp = parseStamp(vector.stamp, NOW);
    const value =
      stamp.version === 0 ? vector.zero_bits : stamp.bits <= vector.zero_bits ? stamp.bits : 0;
    assert.equal(String(value), vector.hashcash_w, vector.stamp);
    assert.equal(formatStamp(stamp), vector.stamp);
  }
  assert.equal(accepted, 36);
});

test("what hashcash(1) reads leniently is refused, each for a named reason", () => {
  // In the order of the file. "stamp" where both agree on the shape.
  const says: [start: string, says: RegExp][] = [
    ["1:8:240101:foo::rand:2C", /^stamp$/],
    ["01:8:", /malformed: offset \d+: version must be 1 or 0/],
    ["+1:8:", /malformed: offset \d+: version must be 1 or 0/],
    [" 1:8:", /malformed: offset 0: space/],
    ["1: 8:", /malformed: offset 2: space/],
    ["1:8x:", /malformed: offset \d+: bits .*without leading zeros/],
    ["1:008:", /malformed: offset \d+: bits .*without leading zeros/],
    ["1:0008:", /malformed: offset \d+: bits .*without leading zeros/],
    ["1:-8:", /malformed: offset \d+: bits .*without leading zeros/],
    ["1:9:240101", /^stamp$/],
    ["1:7:240101", /^stamp$/],
    ["1:8:2401:", /malformed: offset \d+: date/],
    ["1:8:24010100:", /malformed: offset \d+: date/],
    ["1:8:2401010000000:", /malformed: offset \d+: date/],
    ["1:8:240100:", /malformed: offset \d+: date/],
    ["1:8:231232:", /malformed: offset \d+: date/],
    ["1:8:231332:", /malformed: offset \d+: date/],
    ["1:8:24010a:", /malformed: offset \d+: date/],
    ["1:8:240101:foo::rand:13:x", /malformed: offset 23: .*seven fields, here are more/],
    ["1:8:240101:foo::rand:4=", /^stamp$/],
    ["1:8:240101:FOO::rand:2t", /^stamp$/],
    ["0:240101:foo:rand4Y", /^stamp$/],
    ["0:240101:foo:randp:junk", /malformed: .*four fields, here are more/],
    [":240101:foo:rand2V", /malformed: offset \d+: version must be 1 or 0/],
    ["x:240101:foo:rand2m", /malformed: offset \d+: version must be 1 or 0/],
    ["1:8:240101:foo:rand:1u", /malformed: .*seven fields, here are fewer/],
    ["1:8:240101:foo::rand:", /malformed: offset \d+: counter may not be empty/],
    ["1:8", /malformed: .*seven fields, here are fewer/],
    ["1", /malformed: offset \d+: version must be 1 or 0/],
    ["", /malformed: offset \d+: version must be 1 or 0/],
  ];
  const vectors = readVectors<ParserVector>("hashcash-parser-1.22");
  assert.equal(vectors.length, says.length);
  for (const [i, [start, expected]] of says.entries()) {
    const stamp = vectors[i]?.stamp ?? "missing";
    assert.ok(stamp.startsWith(start), `vector ${i} is ${stamp}`);
    assert.match(problem(stamp), expected, stamp);
  }
});

test("fields come out as they stand in the stamp", () => {
  const text = "1:20:240229123456:foo@bar.example:n=1;alg=sha256:a+/=:0Z";
  assert.deepEqual(parseStamp(text, NOW), {
    version: 1,
    bits: 20,
    date: "240229123456",
    time: Date.UTC(2024, 1, 29, 12, 34, 56),
    resource: "foo@bar.example",
    ext: "n=1;alg=sha256",
    rand: "a+/=",
    counter: "0Z",
    algorithm: "sha256",
    text,
  });
  assert.deepEqual(parseStamp("0:240229:foo:ab", NOW), {
    version: 0,
    date: "240229",
    time: Date.UTC(2024, 1, 29),
    resource: "foo",
    rand: "ab",
    algorithm: "sha1",
    text: "0:240229:foo:ab",
  });
});

test("an alg that is not exactly sha1 or sha256 is refused, never guessed", () => {
  const read = (ext: string) => problem(`1:20:240229:foo:${ext}:r:c`);
  for (const ext of ["", "alg=sha1", "alg=sha256", "n=1,2;flag", "x=alg=md5", "algo=md5", ";;"]) {
    assert.equal(read(ext), "stamp", ext);
  }
  for (const ext of [
    "alg=md5",
    "alg=",
    "alg",
    "ALG=sha256",
    "alg=SHA256",
    "alg=sha1,sha256",
    "alg=sha256;alg=sha256",
    "n=1;alg=sha512",
    "alg=sha256=",
  ]) {
    assert.match(read(ext), /^unsupported-algorithm/, ext);
  }
  assert.equal(readAlgorithm("n=1;alg=sha256"), "sha256");
});

test("extFor names the algorithm where it is not named yet", () => {
  assert.equal(extFor("sha1"), "");
  assert.equal(extFor("sha256"), "alg=sha256");
  assert.equal(extFor("sha256", "n=1"), "alg=sha256;n=1");
  assert.equal(extFor("sha256", "n=1;alg=sha256"), "n=1;alg=sha256");
  assert.equal(extFor("sha1", "n=1"), "n=1");
  assert.throws(() => extFor("sha256", "alg=sha1"), { code: "bad-input", parameter: "ext" });
  assert.throws(() => extFor("sha1", "alg=sha256"), { code: "bad-input", parameter: "ext" });
  assert.throws(() => extFor("sha1", "a:b"), { code: "bad-input", position: 1 });
});

test("bits, version and length have limits", () => {
  const bits = (b: string, ext = "") => problem(`1:${b}:240229:foo:${ext}:r:c`);
  assert.equal(bits("0"), "stamp");
  assert.equal(bits("160"), "stamp");
  assert.match(bits("161"), /malformed: offset \d+: bits may be at most 160 for sha1/);
  assert.equal(bits("256", "alg=sha256"), "stamp");
  assert.match(bits("257", "alg=sha256"), /malformed: offset \d+: bits may be at most 256/);
  for (const b of ["", "00", "1000", "4294967316", "2 ", "２"]) assert.match(bits(b), /^malformed/);
  assert.match(problem("2:20:240229:foo::r:c"), /^unsupported-version: version 2 /);
  assert.match(problem("10:20:240229:foo::r:c"), /^unsupported-version/);
  assert.match(problem("1000:20:240229:foo::r:c"), /^malformed/);

  const head = "1:20:240229:";
  const fill = (length: number) => `${head}${"a".repeat(length - head.length - 5)}::r:c`;
  assert.equal(problem(fill(MAX_STAMP_LENGTH)), "stamp");
  assert.match(
    problem(fill(MAX_STAMP_LENGTH + 1)),
    /malformed: offset \d+: a stamp has at most 4096/,
  );
});

test("only the characters of a field are let into it", () => {
  for (let code = 0; code < 256; code++) {
    const c = String.fromCharCode(code);
    const printable = code > 0x20 && code < 0x7f;
    const separator = c === ":";
    const base64 = /[A-Za-z0-9+/=]/.test(c);
    const expect = (ok: boolean, text: string) => assert.equal(problem(text) === "stamp", ok, text);
    expect(printable && !separator, `1:20:240229:a${c}b::r:c`);
    expect(printable && !separator, `1:20:240229:ab:x${c}y:r:c`);
    expect(base64, `1:20:240229:ab::r${c}s:c`);
    expect(base64, `1:20:240229:ab::rs:c${c}d`);
    expect(base64, `0:240229:ab:c${c}d`);
  }
});

test("parseStamp throws malformed with the position of the fault", () => {
  const fault = (text: string) => {
    try {
      parseStamp(text, NOW);
    } catch (error) {
      assert.ok(error instanceof StampmillError);
      assert.equal(error.code, "malformed");
      return error.position;
    }
    return "no error";
  };
  assert.equal(fault("1:20:240229:a b::r:c"), 13);
  assert.equal(fault("1:20:240229:ab::r-s:c"), 17);
  assert.equal(fault("1:020:240229:ab::rs:c"), 2);
  assert.equal(fault("1:20:240230:ab::rs:c"), 5);
  assert.equal(fault("1:20:240229:ab:alg=md5:rs:c"), 15);
  assert.equal(fault(undefined as unknown as string), 0);
  const now = Symbol("now") as unknown as number;
  assert.throws(() => parseStamp("1:20:240229:ab::rs:c", now), { code: "malformed", position: 5 });
});

const base64 = fc.string({
  unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
  maxLength: 40,
});
const printable = fc.string({ maxLength: 80 }).map((s) => s.replace(/[^!-9;-~]/g, "_"));
const date = fc
  .tuple(
    fc.date({ min: new Date("2000-01-01"), max: new Date("2060-01-01"), noInvalidDate: true }),
    fc.constantFrom(6, 10, 12),
  )
  .map(([d, width]) =>
    d
      .toISOString()
      .replace(/\D/g, "")
      .slice(2, 2 + width),
  );
const fields: fc.Arbitrary<StampFields> = fc.record({
  version: fc.constant(1),
  bits: fc.integer({ min: 0, max: 160 }),
  date,
  resource: printable.filter((s) => s !== ""),
  ext: printable.filter((s) => !/alg/i.test(s)),
  rand: base64,
  counter: base64.filter((s) => s !== ""),
});

test("property: parse(format(x)) = x", () => {
  fc.assert(
    fc.property(fields, fc.constantFrom(...ALGORITHMS), (x, algorithm) => {
      const full = { ...x, ext: extFor(algorithm, x.ext) };
      const { time, text, ...rest } = parseStamp(formatStamp(full), NOW);
      assert.deepEqual(rest, { ...full, algorithm });
      assert.equal(text, formatStamp(full));
      assert.ok(time <= NOW + 34 * 366 * 86_400_000);
    }),
    { numRuns: 500 },
  );
});

test("property: formatStamp refuses fields that would not come back", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fields,
      fc.constantFrom("date", "resource", "ext", "rand", "counter", "bits"),
      fc.constantFrom(":", " ", "\n", "é", "", -1, 1.5, Number.NaN, 161, "1:1"),
      (x, field, value) => {
        const broken = { ...x, [field]: value } as StampFields;
        try {
          const back: Record<string, unknown> = { ...parseStamp(formatStamp(broken), NOW) };
          assert.equal(String(back[field]), String(value));
        } catch (error) {
          assert.ok(error instanceof StampmillError && error.code === "bad-input", String(error));
          refused++;
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(refused > 200, `only ${refused} of 500 refused`);
});

test("hostile: any text is read as a plain second reading has it, or refused with its reason", () => {
  const good = readVectors<StampVector>("hashcash-minted").map(({ stamp }) => stamp);
  let stamps = 0;
  const hostile = fc.oneof(
    { weight: 5, arbitrary: mangled(good) },
    { weight: 3, arbitrary: fields.map(formatStamp).chain((text) => mangled([text])) },
    fc.string({ unit: "binary" }),
    fc.anything(),
  );
  fc.assert(
    fc.property(hostile, (anything) => {
      const text = anything as string;
      const result = readStamp(text, NOW);
      if (typeof anything === "string" && !anything.startsWith("0:")) {
        assert.equal(!isProblem(result), isPlainStamp(text, NOW));
      }
      if (!isProblem(result)) {
        stamps++;
        assert.equal(formatStamp(result), text);
        return;
      }
      assert.throws(() => parseStamp(text, NOW), { name: "StampmillError", code: "malformed" });
      const length = typeof anything === "string" ? anything.length : 0;
      assert.ok(result.position >= 0 && result.position <= length);
    }),
    often(2000),
  );
  assert.ok(stamps > 100, `only ${stamps} stamps`);
});
