import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cliEntry, cliEnvironment, outcomeOf } from "../cli.ts";

// Every file in test/transcripts is a session that is run and compared:
//
//   # a remark
//   $ stampmill verify ...     a command for the shell, in a folder of the file's own
//   > ...                      the command goes on
//   1|text                     a line of standard output
//   2|text                     a line of standard error
//   rc=0                       the exit code
//
// A line may hold {{stamp}}, {{digest}}, {{number}} and {{any}} for what varies. With
// STAMPMILL_WRITE_TRANSCRIPTS=1 what came out is written where it differs: read it before you keep
// it.

const folder = fileURLToPath(new URL("../transcripts/", import.meta.url));
const PATTERNS: Record<string, string> = {
  stamp: "[01]:[!-~]+",
  digest: "[0-9a-f]{40,64}",
  number: "[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?",
  any: ".*",
};

interface Step {
  /** The lines of the file up to the output: remarks, and the command. */
  head: string[];
  command: string;
  expected: string[];
}

function readSteps(text: string): Step[] {
  const steps: Step[] = [];
  let head: string[] = [];
  for (const line of text.split("\n")) {
    const step = steps.at(-1);
    if (/^[12]\||^rc=/.test(line)) {
      step?.expected.push(line);
      continue;
    }
    head.push(line);
    if (line.startsWith("$ ")) {
      steps.push({ head, command: line.slice(2), expected: [] });
      head = [];
    } else if (line.startsWith("> ") && step) {
      step.command += `\n${line.slice(2)}`;
      step.head.push(...head.splice(0));
    }
  }
  assert.ok(head.join("") === "", `what is meant by: ${head.join("\n")}`);
  return steps;
}

function matches(expected: string, actual: string): boolean {
  const source = expected
    .split(/\{\{(\w+)\}\}/)
    .map((part, i) => (i % 2 ? PATTERNS[part] : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${source}$`).test(actual);
}

function mark(prefix: string, output: string): string[] {
  const lines = output.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines.push("(no newline at the end)");
  return lines.map((line) => `${prefix}|${line}`);
}

/** Runs a command in a shell that knows `stampmill`, with nothing on standard input. */
async function run(command: string, cwd: string): Promise<string[]> {
  const stampmill = `stampmill() { '${process.execPath}' '${cliEntry}' "$@"; }`;
  const child = spawn("sh", ["-c", `${stampmill}\n${command}`], {
    cwd,
    // What this user has calibrated is not part of it.
    env: { ...cliEnvironment(), XDG_CACHE_HOME: join(cwd, ".cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, signal, stdout, stderr } = await outcomeOf(child);
  return [...mark("1", stdout), ...mark("2", stderr), `rc=${code ?? signal}`];
}

async function replay(file: string, cwd: string): Promise<void> {
  const steps = readSteps(readFileSync(file, "utf8"));
  assert.ok(steps.length > 0, "no command in the transcript");
  const written: string[] = [];
  for (const step of steps) {
    const actual = await run(step.command, cwd);
    const same =
      actual.length === step.expected.length &&
      step.expected.every((line, i) => matches(line, actual[i] ?? ""));
    written.push(...step.head, ...(same ? step.expected : actual));
    if (!same && !process.env.STAMPMILL_WRITE_TRANSCRIPTS) {
      assert.equal(actual.join("\n"), step.expected.join("\n"), `$ ${step.command}`);
    }
  }
  if (process.env.STAMPMILL_WRITE_TRANSCRIPTS) writeFileSync(file, `${written.join("\n")}\n`);
}

const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));

test("there are transcripts", () => assert.ok(names.length > 0));

for (const name of names) {
  test(`transcript ${name}`, async () => {
    const cwd = mkdtempSync(join(tmpdir(), "stampmill-transcript-"));
    try {
      await replay(join(folder, name), cwd);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
}
