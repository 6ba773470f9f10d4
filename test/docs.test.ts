import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cliEntry, cliEnvironment, outcomeOf } from "./cli.ts";

// A block of ```console in docs/ begins with "$ stampmill ...", and shows what the command prints. It
// is run and compared. With STAMPMILL_WRITE_TRANSCRIPTS=1 what came out is written where it differs.

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "docs/");
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

const PAGES = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(folder).flatMap((name) => (name.endsWith(".md") ? `docs/${name}` : [])),
  "native/README.md",
  "examples/board/README.md",
];

/** The name that a heading is linked by: lower case, no punctuation, hyphens for blanks. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

test("every link between the pages leads somewhere", () => {
  const broken: string[] = [];
  for (const page of PAGES) {
    const text = readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?|mailto):/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(file)) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined) {
        const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
        if (![...headings].some(([, heading = ""]) => anchorOf(heading) === anchor)) {
          broken.push(`${page}: ${target}`);
        }
      }
    }
  }
  assert.deepEqual(broken, []);
});

test("README.md is short, and docs/README.md lists every page", () => {
  const lines = readFileSync(join(root, "README.md"), "utf8").split("\n").length;
  assert.ok(lines <= 150, `${lines} lines`);
  const index = readFileSync(join(folder, "README.md"), "utf8");
  const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  assert.deepEqual(
    pages.filter((name) => !index.includes(`](${name})`)),
    [],
  );
});
