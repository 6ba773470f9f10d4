import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { outcomeOf, startCli } from "../cli.ts";

const STAMP = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
const VERIFY = ["verify", "-b", "20", "-r", "foo@bar.example", "--now", "2024-03-01"];
/** Node itself takes 50, and its collector lets as much again pile up before it looks. */
const MOST_MEBIBYTES = 150;
const MIB = 1 << 20;

/** Makes Node write its largest resident size, in KiB, as the last line of standard error. */
const REPORT_MEMORY = [
  "--import",
  "data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))",
];

/** Writes the same bytes again and again, waiting for the reader, until it has gone. */
async function pour(child: ChildProcess, bytes: Uint8Array, times: number): Promise<void> {
  const { stdin } = child;
  stdin?.on("error", () => {});
  for (let i = 0; i < times && stdin?.writable; i++) {
    await new Promise((resolve) => stdin.write(bytes, resolve));
  }
  stdin?.end();
}

async function verifyPoured(args: string[], bytes: Uint8Array, times: number) {
  const child = startCli([...VERIFY, ...args], REPORT_MEMORY);
  const outcome = outcomeOf(child);
  await pour(child, bytes, times);
  const { code, stdout, stderr } = await outcome;
  const [memory = "", ...errors] = stderr.trimEnd().split("\n").reverse();
  return { code, stdout, errors, mebibytes: Number(memory) / 1024 };
}

test("a megabyte of garbage gets a verdict a line, in bounded memory", async () => {
  const bytes = Buffer.alloc(MIB);
  // Every byte there is, NUL, lone CR and invalid UTF-8 included.
  let state = 1;
  for (let i = 0; i < MIB; i++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => line.replace(/\r$/, "") !== "");
  const { code, stdout, errors, mebibytes } = await verifyPoured(["--json"], bytes, 1);
  assert.equal(code, 1);
  assert.deepEqual(errors, []);
  const verdicts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(verdicts.length, lines.length);
  assert.ok(verdicts.every((verdict) => verdict.reason === "malformed"));
  assert.match(stdout, /^[ -~\n]+$/);
  assert.ok(mebibytes < MOST_MEBIBYTES, `${mebibytes} MiB`);
});

test("a line without end is one malformed verdict, cut, in bounded memory", async () => {
  const { code, stdout, mebibytes } = await verifyPoured([], Buffer.alloc(MIB, "x"), 300);
  assert.equal(code, 1);
  assert.match(stdout, /^malformed "x{200}\\u2026" \(offset 4096: [^\n]+\n$/);
  assert.ok(mebibytes < MOST_MEBIBYTES, `${mebibytes} MiB`);
});

test("a stream of stamps takes no more memory the longer it is", async () => {
  const some = Buffer.from(`${STAMP}\n`.repeat(20_000));
  const { code, stdout, mebibytes } = await verifyPoured(["--json"], some, 20);
  assert.equal(code, 0);
  assert.equal(stdout.match(/"valid":true/g)?.length, 400_000);
  assert.ok(mebibytes < MOST_MEBIBYTES, `${mebibytes} MiB`);
});

test("mail: a header without end is an error, a long body is not", async () => {
  const endless = await verifyPoured(["--mail"], Buffer.from("X-Other: y\n".repeat(1000)), 10_000);
  assert.equal(endless.code, 2);
  assert.deepEqual(endless.errors, [
    "stampmill: error: the mail's header section is longer than 1 MiB",
  ]);
  const mail = Buffer.concat([Buffer.from(`X-Hashcash: ${STAMP}\n\n`), Buffer.alloc(MIB, "\n")]);
  const long = await verifyPoured(["--mail"], mail, 100);
  assert.equal(long.stdout, `valid ${STAMP}\n`);
  assert.equal(long.code, 0);
  assert.ok(long.mebibytes < MOST_MEBIBYTES);
});

test("a reader that goes away ends the command quietly, but not as a success", async () => {
  const child = startCli([...VERIFY, "-"]);
  const outcome = outcomeOf(child);
  child.stdout?.once("data", () => child.stdout?.destroy());
  await pour(child, Buffer.from(`${STAMP}\n`.repeat(1000)), 1000);
  const { code, stderr } = await outcome;
  assert.deepEqual([code, stderr], [3, ""]);
});

for (const [signal, expected] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends the command with ${expected}`, async () => {
    const child = startCli([...VERIFY, "-"]);
    const outcome = outcomeOf(child);
    child.stdin?.write(`${STAMP}\n`);
    child.stdout?.once("data", () => child.kill(signal));
    const { code, stdout } = await outcome;
    assert.deepEqual([code, stdout], [expected, `valid ${STAMP}\n`]);
  });
}

test("a verdict is out before the next stamp comes in", async () => {
  const child = startCli([...VERIFY, "-"]);
  const outcome = outcomeOf(child);
  const verdicts: string[] = [];
  child.stdout?.on("data", (text) => verdicts.push(text));
  for (let i = 1; i <= 3; i++) {
    child.stdin?.write(`${STAMP}\n`);
    await once(child.stdout as never, "data");
    assert.equal(verdicts.length, i);
  }
  child.stdin?.end();
  assert.equal((await outcome).code, 0);
});
