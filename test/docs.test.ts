import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cliEntry, cliEnvironment, outcomeOf } from "./cli.ts";

// A block of ```console in docs/ begins with "$ stampmill ...", and shows what the command prints. It
// is run and compared. With STAMPMILL_WRITE_TRANSCRIPTS=1 what came out is written where it differs.

const folder = fileURLToPath(new URL("../docs/", import.meta.url));
const BLOCK = /```console\n\$ (.+)\n([\s\S]*?)```\n/g;

async function output(command: string, cwd: string): Promise<string> {
  const define = 'stampmill() { "$STAMPMILL_NODE" "$STAMPMILL_ENTRY" "$@"; }\n';
  const env = {
    ...cliEnvironment(),
    XDG_CACHE_HOME: cwd,
    STAMPMILL_NODE: process.execPath,
    STAMPMILL_ENTRY: cliEntry,
  };
  const { code, stdout, stderr } = await outcomeOf(
    spawn("bash", ["-c", define + command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] }),
  );
  assert.equal(code, 0, `${command}\n${stderr}`);
  return stdout;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".md"))) {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length === 0) continue;
  test(`docs/${file} shows what its commands print`, async () => {
    const cwd = mkdtempSync(join(tmpdir(), "stampmill-docs-"));
    let actual = text;
    for (const [block, command = ""] of blocks) {
      const fresh = `\`\`\`console\n$ ${command}\n${await output(command, cwd)}\`\`\`\n`;
      actual = actual.replace(block, () => fresh);
    }
    rmSync(cwd, { recursive: true, force: true });
    if (process.env.STAMPMILL_WRITE_TRANSCRIPTS === "1") writeFileSync(path, actual);
    else assert.equal(actual, text);
  });
}
