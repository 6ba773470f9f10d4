import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { fromPosix } from "../../src/cli/hashcash/posix-pattern.ts";
import { regexMatcher } from "../../src/stamp/match.ts";
import { cliEnvironment, outcomeOf, runCli } from "../cli.ts";
import { mangled, often } from "../hostile.ts";
import { sized } from "../share.ts";
import { bruteStamp } from "../stamp/brute.ts";
import { runOurs } from "./hashcash-sides.ts";

// stampmill hashcash by itself: called through links, on a terminal, and with hostile input.

const folder = mkdtempSync(join(tmpdir(), "stampmill-hashcash-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const stamp = bruteStamp({ bits: 8, resource: "foo" });
const CHECK = ["-u", "-t", "240301", "-cy", "-b8", "-r", "foo"];
const built = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
const shipped = process.env.STAMPMILL_BIN ? resolve(process.env.STAMPMILL_BIN) : built;

test("called through a link of that name, through two, and from the path", {
  skip: existsSync(shipped) ? false : "dist/ is not built",
}, async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(shipped, join(bin, "stampmill"));
  symlinkSync("stampmill", join(bin, "hashcash"));
  const env = { ...cliEnvironment(), PATH: `${bin}${delimiter}${process.env.PATH}` };
  for (const [command, ...args] of [
    ["hashcash", "-mqb4", "foo"],
    [join(bin, "hashcash"), "-mqb4", "foo"],
    [process.execPath, join(bin, "hashcash"), "-mqb4", "foo"],
    ["stampmill", "hashcash", "-mqb4", "foo"],
    // Its first argument is none of our commands.
    ["hashcash", "-mqb4", "hashcash"],
    ["hashcash", "-m", "mint", "-qb4"],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(command ?? "", args, { env, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""], `${command}`);
    assert.match(stdout, /^1:(?:4|20):\d{6}:(?:foo|hashcash|mint)::\S+\n$/);
  }
  const other = spawnSync("stampmill", ["mint", "-b4", "foo"], { env, encoding: "utf8" });
  assert.equal(other.status, 0, other.stderr);
});

test("on a terminal it says more, and prints bare only with -q", async () => {
  const minted = await runOurs(["-mb4", "foo"], "", true);
  assert.match(minted.out, /^hashcash stamp: 1:4:\d{6}:foo::\S+\n$/);
  assert.match((await runOurs(["-mqb4", "foo"], "", true)).out, /^1:4:/);
  assert.match((await runOurs(["-mXb4", "foo"], "", true)).out, /^X-Hashcash: 1:4:/);
  assert.deepEqual(await runOurs(["-u", "-t", "240301", "-w", stamp], "", true), {
    code: 2,
    out: "",
    err: `matched stamp: ${stamp}\nstamp value: 8\n`,
  });
  const prompts = [
    [["-mb4"], "resources to mint stamps for one per line"],
    [["-c"], "stamps to check one per line"],
    [["-cX"], "email headers"],
  ] as const;
  for (const [args, words] of prompts) {
    assert.match((await runOurs(args, "", true)).err, new RegExp(`^enter ${words}:\n`));
    assert.doesNotMatch((await runOurs([...args, "-q"], "", true)).err, /enter/);
  }
});

test("-s and -P: figures of this machine", async () => {
  const speed = await runOurs(["-s"], "");
  assert.match(speed.out, /^\d{5,}\n$/);
  assert.match(speed.err, /^core: \w+, \d+ threads?\nspeed: \d+ preimage tests per second\n/);
  const estimate = await runOurs(["-s", "-q", "-b", "40"], "");
  assert.ok(Number(estimate.out) > 0, estimate.out);
  assert.equal(estimate.err, "");
  assert.match((await runOurs(["-Pmb4", "x"], "")).err, /^percent: \d+\/16 = \d+% \[4 bits\]\r/);
  assert.match((await runOurs(["-vmb4", "x"], "")).err, /^mint: 4 bit .*\nexpected: 16 tries/);
  assert.match((await runOurs(["-smb4", "x"], "")).out, /^\d+\n1:4:/);
});

test("-a dates a stamp at random, no further than it says", async () => {
  const dates = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const args = ["-u", "-t", "240301120000", "-mqb0", "-z12", "-a", "-1h", "x"];
    const date = (await runOurs(args, "")).out.split(":")[2] ?? "";
    assert.ok(date >= "240301110000" && date <= "240301120000", date);
    dates.add(date);
  }
  assert.ok(dates.size > 10);
});

test("hostile: a gigabyte without a line end in bounded memory", async () => {
  const size = sized({ quick: 1 << 27, gate: 1 << 27, soak: 1 << 30 });
  for (const more of [[], ["-X"], ["-X", "-i"]]) {
    async function* input() {
      const chunk = Buffer.alloc(1 << 16, "1:");
      for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
      yield Buffer.from(`\nHashcash: ${stamp}\n${stamp}\n`);
    }
    const before = process.memoryUsage().rss;
    const { code } = await runOurs([...CHECK, ...more], input());
    // A header section of more than 1 MiB is not searched any further.
    assert.equal(code, more.length === 1 ? 1 : 0);
    assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
  }
});

test("hostile: the mail is read to its end, whatever comes of it", async () => {
  const sizes = [];
  for (const mail of [
    `X-Hashcash: ${stamp}\n\n`,
    "X-Hashcash: x\n\n",
    "Subject: none\n\n",
    "X".repeat(1 << 21),
  ]) {
    let read = 0;
    async function* input() {
      yield Buffer.from(mail);
      for (; read < 100; read++) yield Buffer.alloc(1000, "body\n");
    }
    await runOurs([...CHECK, "-X"], input());
    sizes.push(read);
  }
  assert.deepEqual(sizes, [100, 100, 100, 100]);
});

test("hostile: thousands of stamps in a mail, and thousands of resources", async () => {
  const flood = "X-Hashcash: 1:8:240229:foo::x:y\n".repeat(5000);
  const { code, err } = await runOurs([...CHECK, "-X", "-i"], `${flood}X-Hashcash: ${stamp}\n`);
  assert.equal(code, 1);
  assert.match(err, /^warning: the mail carries more than 1000 stamps$/m);
  const many = Array.from({ length: 2000 }, (_, i) => ["-r", `x${i}`]).flat();
  const among = await runOurs(
    ["-u", "-t", "240301", "-cyq", "-b8", ...many, "-r", "foo", stamp],
    "",
  );
  assert.deepEqual(among, { code: 0, out: "", err: "" });
});

test("hostile: absurd options end in one line, and quickly", async () => {
  const huge = "9".repeat(100_000);
  for (const option of ["-b", "-e", "-g", "-t", "-a", "-z", "-Z", "-O", "-p"]) {
    for (const value of [huge, `-${huge}`, `${huge}y`, "1e9", "\u0661", "NaN", "\n", "\x1b[2J"]) {
      const { code, out, err } = await runOurs(["-m", option, value, "foo"], "");
      assert.deepEqual([code, out], [3, ""], `${option} ${value.slice(0, 20)}`);
      assert.match(err, /^stampmill: error: [^\p{Cc}]{1,300}\n$/u, option);
    }
  }
  for (const bad of ["\ufffd", "a\u0000b", "caf\u00e9", "x".repeat(5000), "a\nb"]) {
    assert.equal((await runOurs(["-mb4", bad], "")).code, 3);
    assert.equal((await runOurs([...CHECK.slice(0, 4), "-b8", "-r", bad, stamp], "")).code, 3);
  }
  const pattern = "(a*)*".repeat(200);
  for (const bad of [
    pattern,
    "((a{1,99}){1,99}){1,99}",
    "[[:alpha:]",
    "[z-a]",
    "a**",
    "(?P<n>a)",
  ]) {
    const { code, err } = await runOurs([...CHECK.slice(0, 4), "-b8", "-E", "-r", bad, stamp], "");
    assert.equal(code, 3, bad);
    assert.match(err, /^stampmill: error: /);
  }
});

test("hostile: nothing that a mail holds acts on a terminal", async () => {
  const mail = `X-Hashcash: \x1b]0;owned\x07${stamp}\x1b[2J\n`;
  const { code, err } = await runOurs([...CHECK, "-Xv"], mail);
  assert.equal(code, 1);
  assert.match(err, /^[\n -~]+$/);
});

test("hostile: mangled stamps and mails get a clear answer, and none is let in", async () => {
  const good = [stamp, bruteStamp({ bits: 9, resource: "foo", date: "240228" })];
  await fc.assert(
    fc.asyncProperty(mangled(good), fc.constantFrom([], ["-X"], ["-Xi"]), async (text, more) => {
      const bytes = Buffer.from(more.length === 0 ? text : `Hashcash: ${text}\n\n`).toString(
        "latin1",
      );
      const { code, err } = await runOurs([...CHECK, ...more], bytes);
      assert.ok(code === 0 || code === 1, err);
      const accepted = /^matched stamp: (.*)$/m.exec(err)?.[1];
      assert.equal(code === 0, accepted !== undefined);
      if (accepted === undefined) return;
      // What was changed may be good by luck, one in 2^8: then its digest says so.
      const [, bits = ""] = /^1:(\d+):24\d+:foo:[^:]*:[^:]*:[^:]+$/i.exec(accepted) ?? [];
      const digest = createHash("sha1").update(accepted, "latin1").digest("hex");
      const zeros = 160 - BigInt(`0x${digest}`).toString(2).length;
      assert.ok(Number(bits) >= 8 && zeros >= Number(bits), accepted);
    }),
    often(300),
  );
});

test("hostile: command lines of anything get a clear answer", async () => {
  const before = process.cwd();
  // Where -d and -p may make what they want.
  process.chdir(folder);
  const options = [..."bcdefgjklnopqrtuvwxyzCEMOPSVXZ"].map((letter) => `-${letter}`);
  const values = ["20", "foo", "f*", "28d", "now", "240301", "(", "[[:alpha:]]*", "redis:", stamp];
  const word = fc.oneof(
    fc.constantFrom(...options, ...values),
    fc.string({ unit: "binary", maxLength: 6 }).map((text) => `-${text}`),
    fc.string({ unit: "binary", maxLength: 12 }),
  );
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
        // Nothing is minted: that may take for ever.
        const { code, err } = await runOurs(["-c", ...words], `${stamp}\n`);
        assert.ok([0, 1, 2, 3].includes(Number(code)), err);
        assert.doesNotMatch(err, /itself failed|undefined|\[object/);
      }),
      often(300),
    );
  } finally {
    process.chdir(before);
  }
});

test("patterns of POSIX mean in RE2 what they say", async () => {
  const same: readonly [string, string, boolean][] = [
    ["[]a]+", "a]a", true],
    ["[^]a]+", "bc", true],
    ["[\\d]+", "\\d\\", true],
    ["[\\d]+", "5", false],
    ["[[:digit:][:upper:]_]+", "5A_", true],
    ["[a-]+", "a-a", true],
    ["a\\.b", "a.b", true],
    ["a\\.b", "axb", false],
    ["(a|b){2,}", "aba", true],
    ["a|b", "ab", false],
  ];
  for (const [pattern, resource, wanted] of same) {
    assert.equal((await regexMatcher(fromPosix(pattern)))(resource), wanted, pattern);
  }
  for (const pattern of [
    "\\d",
    "\\Qa\\E",
    "\\x41",
    "\\pL",
    "a{",
    "{2}{3}",
    "[[.a.]]",
    "[a",
    "(?i)a",
    "é",
  ]) {
    assert.throws(() => fromPosix(pattern), { code: "bad-input" }, pattern);
  }
});

test("SIGTERM in the middle of a search ends it with 143", async () => {
  const env = cliEnvironment();
  const child = spawn(
    process.execPath,
    [(await import("../cli.ts")).cliEntry, "hashcash", "-mb60", "x"],
    { env },
  );
  setTimeout(() => child.kill("SIGTERM"), 1500);
  const { code, signal } = await outcomeOf(child);
  assert.ok(code === 143 || signal === "SIGTERM");
});

test("through the real command: codes, streams, and a file for the database", async () => {
  const file = join(folder, "spent.sdb");
  const args = ["hashcash", "-u", "-t", "240301", "-cd", "-b8", "-r", "foo", "-f", file];
  const first = await runCli(args, `${stamp}\n`);
  assert.deepEqual([first.code, first.stdout], [0, ""], first.stderr);
  assert.equal((await runCli(args, `${stamp}\n`)).code, 1);
  assert.equal((await runCli(["hashcash", "-Q"])).code, 3);
  const line = await runCli(["hashcash", "-mqb4"], "foo\nbar\n");
  assert.match(line.stdout, /^1:4:\d{6}:foo::\S+\n1:4:\d{6}:bar::\S+\n$/);
});
