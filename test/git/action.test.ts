import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mint } from "../../src/stamp/mint.ts";
import { percentEncode } from "../../src/stamp/resource.ts";
import { cliEntry } from "../cli.ts";
import { Repository } from "./repository.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "action.yml"), "utf8");

interface Step {
  env: Record<string, string>;
  script: string;
}

/** The steps of action.yml, which keeps to a few forms of YAML: names, and literal blocks. */
function readSteps(): Step[] {
  return text
    .split(/^ {4}- name: .*$/m)
    .slice(1)
    .map((step) => {
      const [head = "", block = ""] = step.split(/^ {6}run: \|\n/m);
      const env = Object.fromEntries(
        [...head.matchAll(/^ {8}(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]),
      );
      const lines = block
        .split("\n")
        .filter((line) => line === "" || line.startsWith(" ".repeat(8)));
      return { env, script: lines.map((line) => line.slice(8)).join("\n") };
    });
}

const [build, verify] = readSteps() as [Step, Step];
const folder = mkdtempSync(join(tmpdir(), "stampmill-action-"));
const mark = join(folder, "run");
after(() => rmSync(folder, { recursive: true }));

const INPUTS = {
  STAMPMILL: cliEntry,
  MODE: "body",
  BITS: "8",
  RESOURCE: "{repository}/{author}/{branch}",
  EXEMPT: "",
  STORE: "",
  SPEND: "true",
  REPOSITORY: "example/forum",
  AUTHOR: "alice",
  BRANCH: "fix",
  BASE_SHA: "0".repeat(40),
  HEAD_SHA: "1".repeat(40),
  BODY: "",
};

function run(inputs: Partial<typeof INPUTS>, cwd = folder) {
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, HOME: folder, GITHUB_WORKSPACE: cwd, ...INPUTS, ...inputs };
  const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", verify.script];
  const { status, stdout, stderr } = spawnSync("bash", args, { cwd, env, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

const stampFor = async (resource: string) =>
  (await mint({ resource: percentEncode(resource), bits: 8 })).stamp;

test("no script of the action holds an expression, and what it reads is in env", () => {
  for (const { script, env } of [build, verify]) {
    assert.ok(script.startsWith("set -euo pipefail\n"));
    assert.ok(!script.includes("${{"));
    for (const [, name = ""] of script.matchAll(/\$\{?([A-Z_]+)/g)) {
      assert.ok(name in env, `${name} is not in env`);
    }
  }
  assert.deepEqual(Object.keys(verify.env).sort(), Object.keys(INPUTS).sort());
  assert.equal(text.match(/\$\{\{/g)?.length, 1 + Object.keys(INPUTS).length);
  for (const [, name = ""] of text.matchAll(/inputs\.(\w+)/g)) {
    assert.match(text, new RegExp(`^ {2}${name}:$`, "m"));
  }
});

test("a body with a stamp for the resource is let in, one without is not", async () => {
  const stamp = await stampFor("example/forum/alice/fix");
  const good = run({ BODY: `Fixes it.\r\n\r\nHashcash: ${stamp}\r\n` });
  assert.deepEqual([good.code, good.stderr], [0, ""]);
  assert.equal(run({ BODY: `Hashcash: ${stamp}`, BRANCH: "other" }).code, 1);
  assert.equal(run({ BODY: `Hashcash: ${stamp}`, BITS: "9" }).code, 1);
  const none = run({ BODY: "" });
  assert.equal(none.code, 1);
  assert.match(none.stdout, /^::error title=stamp no-stamp::/);
  assert.equal(run({ BODY: `Hashcash: ${stamp}`, MODE: "all" }).code, 2);
  assert.equal(run({ BODY: `Hashcash: ${stamp}`, HEAD_SHA: "" }).code, 2);
  assert.equal(run({ BODY: `Hashcash: ${stamp}`, BITS: "" }).code, 2);
  const store = { BODY: `Hashcash: ${stamp}`, STORE: join(folder, "spent.db") };
  assert.equal(run({ ...store, SPEND: "false" }).code, 0);
  assert.equal(run(store).code, 0);
  assert.equal(run(store).code, 1);
});

test("hostile: a body too long for the environment is not let in", async () => {
  const stamp = await stampFor("example/forum/alice/fix");
  const body = (length: number) => `Hashcash: ${stamp}\n${"\u00e9".repeat(length / 2)}`;
  assert.equal(run({ BODY: body(100_000) }).code, 0);
  // More than a variable can hold (MAX_ARG_STRLEN, 128 KiB on Linux): the step does not even begin.
  const { code, stdout } = run({ BODY: body(131_072) });
  assert.deepEqual([code, stdout ?? null], [null, null]);
});

test("hostile: shell code, options and words of the template in what strangers choose", async () => {
  const code = `$(touch ${mark}) \`touch ${mark}\` "; touch ${mark}; ' && touch ${mark} #`;
  const texts = [code, "--any-resource", "-n", "{sha}{author}{repository}", "& \\1 \\& *", "a\nb"];
  for (const branch of texts) {
    const stamp = await stampFor(`example/forum/alice/${branch}`);
    const { code: status, stdout } = run({ BRANCH: branch, BODY: `${code}\nHashcash: ${stamp}` });
    assert.equal(status, 0, `${branch}: ${stdout}`);
    assert.equal(run({ BRANCH: branch, BODY: branch }).code, 1);
    assert.equal(run({ BRANCH: branch, BODY: `Hashcash: ${code}` }).code, 1);
    assert.notEqual(run({ BITS: branch, BODY: `Hashcash: ${stamp}` }).code, 0);
    assert.notEqual(run({ MODE: "commits", BASE_SHA: branch }).code, 0);
    assert.notEqual(run({ MODE: branch }).code, 0);
    assert.notEqual(run({ MODE: "commits", EXEMPT: branch }).code, 0);
  }
  const commands = run({ BODY: "Hashcash: x\n::stop-commands::y\nHashcash: \n::add-mask::1" });
  assert.doesNotMatch(commands.stdout, /^::(?!error |debug::)/m);
  assert.ok(!existsSync(mark));
});

test("commits: each of the pull request needs a stamp", () => {
  const repository = new Repository();
  try {
    const base = repository.commit("a", "1\n", "one");
    repository.commit("b", "2\n", "two");
    const range = (): Partial<typeof INPUTS> => {
      return { MODE: "commits", BASE_SHA: base, HEAD_SHA: repository.git("rev-parse", "HEAD") };
    };
    assert.equal(run(range(), repository.folder).code, 1);
    const stamp = ["git", "stamp", "-b", "8", "--slug", "example/forum"];
    assert.equal(repository.stampmill(stamp).code, 0);
    assert.deepEqual(run(range(), repository.folder).code, 0);
    assert.equal(run({ ...range(), REPOSITORY: "example/other" }, repository.folder).code, 1);
  } finally {
    repository.remove();
  }
});

test("commits: the list of exemptions is that of the base", () => {
  const repository = new Repository();
  try {
    const base = repository.commit(".exempt", "email bot@example.org\n", "a list");
    repository.commit(".exempt", "email ann@example.org\n", "mine");
    const head = repository.git("rev-parse", "HEAD");
    const inputs = { MODE: "commits", BASE_SHA: base, HEAD_SHA: head, EXEMPT: ".exempt" };
    assert.equal(run(inputs, repository.folder).code, 1, "by the pull request's own list");
    repository.git("commit", "--quiet", "--amend", "--no-edit", "--author=Bot <bot@example.org>");
    const byBot = { ...inputs, HEAD_SHA: repository.git("rev-parse", "HEAD") };
    const exempt = run(byBot, repository.folder);
    assert.equal(exempt.code, 0);
    assert.match(exempt.stdout, /^::warning title=stamp unproven-author::/);
    assert.match(exempt.stderr, /^stampmill: warning: unproven-author: /);
    assert.equal(run({ ...byBot, EXEMPT: "none" }, repository.folder).code, 2);
    assert.equal(run({ ...byBot, MODE: "body" }, repository.folder).code, 2);
  } finally {
    repository.remove();
  }
});
