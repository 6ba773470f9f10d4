import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type MintOptions, mint } from "../../src/stamp/mint.ts";
import { verify } from "../../src/stamp/verify.ts";

// hashcash(1) 1.22 is the reference: what either side mints, the other must accept.

const found = spawnSync("hashcash", ["-V"], { encoding: "utf8" });
const skip = found.error && !process.env.CI ? "hashcash(1) is not installed" : false;

const NOW = new Date("2024-02-29T12:34:56Z");
const NOW_ARGUMENTS = ["-u", "-t", "240229123456"];

// Lengths of lists that share no divisor: counting up meets every pair of values from two lists.
const BITS = [0, 1, 4, 7, 8, 10, 12, 16];
const WIDTHS = [6, 10, 12] as const;
const EXTS = ["", "name=value", "a=1,2;flag;b=c=d", `n=${"x".repeat(61)}`, "q;w"];
const RESOURCES = [
  "alice@example.org",
  "a",
  "UPPER.and.lower@Example.ORG",
  "no-at-sign",
  "https%3A//example.org/post/17?x=1&y=2#z",
  "!\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~",
  `${"long".repeat(16)}@example.org`,
  "two@at@signs",
  "0123456789abcdef".repeat(4),
  "x".repeat(150),
  "y".repeat(250),
];
const COUNT = 330;
/** Of resources, for the lengths of stamps. */
const LENGTHS = Array.from({ length: 200 }, (_, i) => i + 1);

interface Case extends MintOptions {
  readonly bits: number;
  readonly resource: string;
  readonly ext: string;
  readonly dateWidth: 6 | 10 | 12;
  readonly compact: boolean;
}

function pick<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}

function makeCases(): Case[] {
  return Array.from({ length: COUNT }, (_, i) => ({
    bits: pick(BITS, i),
    resource: pick(RESOURCES, i),
    ext: pick(EXTS, i),
    dateWidth: pick(WIDTHS, i),
    compact: i % 7 < 3,
    date: NOW,
  }));
}

let folder = "";
const database = () => join(folder, "spent.sdb");

function hashcash(...args: string[]) {
  const { status, stdout, stderr, signal } = spawnSync("hashcash", args, {
    cwd: folder,
    encoding: "utf8",
    input: "",
  });
  return { status, output: stdout.trim(), message: `${signal ?? ""} ${stderr.trim()}` };
}

/** Its full check. The options apply to what comes after them, so the order is not free. */
function check(stamp: string, { bits, resource }: Pick<Case, "bits" | "resource">) {
  const options = [...NOW_ARGUMENTS, "-cd", "-f", database(), "-b", String(bits), "-C", "-S"];
  return hashcash(...options, "-r", resource, stamp);
}

describe("hashcash(1)", { skip }, () => {
  before(() => {
    assert.equal(found.error, undefined, "hashcash(1) is not installed: apt-get install hashcash");
    folder = mkdtempSync(join(tmpdir(), "stampmill-interop-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`accepts ${COUNT} stamps that we mint, once each`, async () => {
    for (const options of makeCases()) {
      const { stamp } = await mint(options);
      const { status, message } = check(stamp, options);
      assert.equal(status, 0, `${stamp}: ${message}`);
    }
    const again = await mint({ resource: "again", bits: 8, date: NOW });
    assert.equal(check(again.stamp, { bits: 8, resource: "again" }).status, 0);
    assert.equal(check(again.stamp, { bits: 8, resource: "again" }).status, 1);
  });

  it(`mints ${COUNT} stamps that we accept`, () => {
    for (const { bits, resource, ext, dateWidth, compact } of makeCases()) {
      const options = [...NOW_ARGUMENTS, "-b", String(bits), "-z", String(dateWidth), "-C"];
      if (ext !== "") options.push("-x", ext);
      options.push(compact ? "-Z2" : "-Z0", "-mq", "-r", resource);
      const { output: stamp } = hashcash(...options);
      const verdict = verify(stamp, { bits, resources: [resource], now: NOW });
      assert.equal(verdict.reason, null, stamp);
      assert.equal(verdict.bits, bits, stamp);
      assert.equal(stamp.split(":")[4], ext);
    }
  });

  it("is matched to the character by the layout that is named after it", async () => {
    for (const width of WIDTHS) {
      for (const ext of ["", "name=value", `n=${"x".repeat(61)}`]) {
        const options = [...NOW_ARGUMENTS, "-b", "10", "-z", String(width), "-x", ext, "-mq"];
        const { output } = hashcash(...options, ...LENGTHS.map((length) => "r".repeat(length)));
        const theirs = output.split("\n");
        assert.equal(theirs.length, LENGTHS.length);
        for (const [i, resource] of LENGTHS.map((length) => "r".repeat(length)).entries()) {
          const asked = { bits: 10, resource, ext, dateWidth: width, date: NOW } as const;
          const { stamp } = await mint({ ...asked, layout: "hashcash" });
          const shape = (text: string) => text.split(":").map(({ length }) => length);
          assert.deepEqual(shape(stamp), shape(theirs[i] ?? ""), `${stamp} ${theirs[i]}`);
          if (i % 9 !== 0) continue;
          const { status, message } = check(stamp, asked);
          assert.equal(status, 0, `${stamp}: ${message}`);
          assert.equal(
            verify(theirs[i] ?? "", { bits: 10, resources: [resource], now: NOW }).reason,
            null,
          );
        }
      }
    }
  });

  it("agrees on stamps that are not good", async () => {
    const resource = "alice@example.org";
    const good = (await mint({ resource, bits: 16, date: NOW })).stamp;
    const last = good.at(-1) === "0" ? "1" : "0";
    const cases = [
      [`${good.slice(0, -1)}${last}`, "missing-work", resource, 16],
      [good.replace("1:16:", "1:17:"), "missing-work", resource, 16],
      [good, "insufficient-bits", resource, 17],
      [good, "wrong-resource", "bob@example.org", 16],
      [good.replace("1:16:", "2:16:"), "unsupported-version", resource, 16],
    ] as const;
    for (const [stamp, reason, wanted, bits] of cases) {
      assert.equal(verify(stamp, { bits, resources: [wanted], now: NOW }).reason, reason, stamp);
      assert.equal(check(stamp, { bits, resource: wanted }).status, 1, stamp);
    }
  });

  it("refuses our SHA-256 stamps, whose algorithm it does not know", async () => {
    const resource = "alice@example.org";
    const { stamp } = await mint({ resource, bits: 16, algorithm: "sha256", date: NOW });
    assert.equal(verify(stamp, { bits: 16, resources: [resource], now: NOW }).reason, null);
    assert.equal(check(stamp, { bits: 16, resource }).status, 1);
  });

  it("accepts the same dates at the edges of expiry and grace", async () => {
    const resource = "alice@example.org";
    const { stamp } = await mint({ resource, bits: 8, date: NOW });
    const instants = ["240226235959", "240227000000", "240329235959", "240330000000"];
    for (const [i, text] of instants.entries()) {
      const now = new Date(text.replace(/(..)(..)(..)(..)(..)(..)/, "20$1-$2-$3T$4:$5:$6Z"));
      const ours = verify(stamp, { bits: 8, resources: [resource], now });
      const theirs = hashcash("-u", "-t", text, "-cy", "-b8", "-r", resource, stamp);
      assert.equal(ours.reason, ["future", null, null, "expired"][i], text);
      assert.equal(theirs.status === 0, ours.valid, `${text}: ${theirs.message}`);
    }
  });
});
