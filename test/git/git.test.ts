import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { create, reasons, small, stamped, VERIFY, verdicts } from "./stamped-commits.ts";

test("each commit of a range needs a stamp for its patch-id, as git computes it", () => {
  const repository = small();
  const before = verdicts(repository, "HEAD~2..HEAD");
  assert.equal(before.code, 1);
  assert.deepEqual(reasons(before), ["no-stamp", "no-stamp"]);
  const { stdout } = repository.tryGit(["patch-id", "--stable"], repository.git("show", "HEAD"));
  assert.equal(before.rows[1].needs, `example/forum/${stdout.split(" ")[0]}`);
  stamped(repository, "HEAD~2..HEAD");
  const good = verdicts(repository, "HEAD~2..HEAD");
  assert.equal(good.code, 0);
  assert.deepEqual(
    good.rows.map(({ needs }) => needs),
    before.rows.map(({ needs }) => needs),
  );
  // A single revision means one commit, and the first commit of all is no other.
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  assert.deepEqual(reasons(verdicts(repository, "HEAD~2")), ["no-stamp"]);
  assert.equal(repository.git("status", "--porcelain"), "");
});

test("a trailer joins the trailers that are there; authors, dates and files stay", () => {
  const repository = small();
  const format = "%T %an %ae %ad %cn %cd";
  const before = repository.git("log", `--format=${format}`);
  stamped(repository, "HEAD~2..HEAD");
  assert.equal(repository.git("log", `--format=${format}`), before);
  assert.match(
    repository.git("log", "-1", "--format=%B"),
    /^three\n\nSigned-off-by: Ann <ann@example.org>\nHashcash: 1:8:\S+\n*$/,
  );
  assert.match(
    repository.git("log", "-1", "--format=%B", "HEAD~1"),
    /^two\n\nwhat for\n\nHashcash: /,
  );
  const head = repository.git("rev-parse", "HEAD");
  stamped(repository, "HEAD~2..HEAD");
  assert.equal(repository.git("rev-parse", "HEAD"), head, "stamped twice");
});

test("stamps outlive a rebase; a changed change does not pass on the old stamp", () => {
  const repository = small();
  stamped(repository, "HEAD~2..HEAD");
  repository.git("branch", "work");
  repository.git("reset", "--quiet", "--hard", "HEAD~2");
  repository.commit("z", "other\n", "meanwhile");
  repository.git("checkout", "--quiet", "work");
  repository.git("rebase", "--quiet", "main");
  assert.equal(verdicts(repository, "main..work").code, 0);
  repository.write("c", "3 and more\n");
  repository.git("commit", "--quiet", "--all", "--amend", "--no-edit");
  const changed = verdicts(repository, "main..work");
  assert.equal(changed.code, 1);
  assert.deepEqual(reasons(changed), [null, "wrong-resource"]);
  stamped(repository, "main..work");
  assert.equal(verdicts(repository, "main..work").code, 0);
  assert.equal(repository.git("log", "-1", "--format=%B").match(/Hashcash/g)?.length, 1);
});

test("binary files count to the last byte, NULs and all, whatever attributes say", () => {
  const repository = small();
  const needs = (content: Buffer, attributes: string) => {
    repository.git("reset", "--quiet", "--hard", "main");
    repository.commit("bin", content, "binary");
    repository.write(".git/info/attributes", attributes);
    const [row] = verdicts(repository, "HEAD").rows;
    repository.git("reset", "--quiet", "--hard", "HEAD~1");
    return row.needs;
  };
  const one = needs(Buffer.from("\0\0one\n"), "");
  assert.notEqual(needs(Buffer.from("\0\0two\n"), ""), one);
  assert.equal(needs(Buffer.from("\0\0one\n"), "* binary\n"), one);
  assert.equal(needs(Buffer.from("\0\0one\n"), "* -text diff=x\n"), one);
  const plain = needs(Buffer.from("one\n"), "");
  assert.equal(needs(Buffer.from("one\n"), "* binary\n"), plain);
});

test("settings of this machine change nothing, and nothing of theirs is run", () => {
  const repository = small();
  const [{ needs }] = verdicts(repository, "HEAD").rows;
  const mark = join(repository.folder, "..", "run");
  const settings = {
    "diff.algorithm": "patience",
    "diff.noprefix": "true",
    "diff.context": "0",
    "diff.external": `touch ${mark}`,
    "diff.x.textconv": `touch ${mark}; cat`,
    "diff.x.command": `touch ${mark}`,
    "core.quotepath": "false",
    "core.fsmonitor": `touch ${mark}`,
    "color.ui": "always",
  };
  for (const [name, value] of Object.entries(settings)) repository.git("config", name, value);
  repository.write(".git/info/attributes", "* diff=x\n");
  const env = { GIT_EXTERNAL_DIFF: `touch ${mark}`, GIT_CONFIG_PARAMETERS: "'diff.context'='0'" };
  const { stdout } = repository.stampmill([...VERIFY, "HEAD", "--json"], env);
  assert.equal(JSON.parse(stdout).needs, needs);
  assert.ok(!existsSync(mark));
});

test("replaced and grafted commits are read as they are", () => {
  const repository = small();
  stamped(repository, "HEAD");
  const stampedHead = repository.git("rev-parse", "HEAD");
  repository.commit("d", "4\n", "four");
  repository.git("replace", repository.git("rev-parse", "HEAD"), stampedHead);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), ["no-stamp"]);
  repository.write(".git/info/grafts", `${repository.git("rev-parse", "HEAD")}\n`);
  assert.equal(verdicts(repository, "HEAD~1..HEAD").rows.length, 1);
});

test("a merge needs no stamp, unless it has changes of its own", () => {
  const repository = small();
  repository.git("branch", "side", "HEAD~1");
  repository.git("checkout", "--quiet", "side");
  repository.commit("d", "4\n", "four");
  stamped(repository, "HEAD");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "main");
  const clean = verdicts(repository, "main..side");
  assert.deepEqual([clean.code, reasons(clean)], [0, [null]]);
  assert.deepEqual(verdicts(repository, "HEAD").rows, []);
  assert.equal(verdicts(repository, "HEAD").code, 0);
  repository.write("evil", "in none of the parents\n");
  repository.git("add", "evil");
  repository.git("commit", "--quiet", "--amend", "--no-edit");
  const evil = verdicts(repository, "main..side");
  assert.deepEqual([evil.code, reasons(evil)], [1, [null, "no-stamp"]]);
  stamped(repository, "main..side");
  assert.deepEqual(reasons(verdicts(repository, "main..side")), [null, null]);
  assert.equal(repository.git("rev-list", "--merges", "--count", "main..side"), "1");
});

test("an empty commit is bound to its message", () => {
  const repository = small();
  repository.git("commit", "--quiet", "--allow-empty", "-m", "start the build");
  stamped(repository);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  const [, stamp = ""] = /Hashcash: (\S+)/.exec(repository.git("log", "-1", "--format=%B")) ?? [];
  assert.match(stamp, /:example\/forum\/message-[0-9a-f]{64}:/);
  const message = `another one\n\nHashcash: ${stamp}`;
  repository.git("commit", "--quiet", "--allow-empty", "-m", message);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), ["wrong-resource"]);
});

test("a stamp counts for one commit; with --store for one range", () => {
  const repository = small();
  stamped(repository);
  const store = ["--store", join(repository.folder, "..", "spent.db")];
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...store, "--no-spend")), [null]);
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...store)), [null]);
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...store)), ["spent"]);
  const base = repository.git("rev-parse", "HEAD~1");
  const tip = repository.git("rev-parse", "HEAD");
  repository.git("revert", "--no-edit", tip);
  repository.git("cherry-pick", tip);
  const again = verdicts(repository, `${base}..HEAD`);
  assert.deepEqual(reasons(again), [null, "no-stamp", "spent"]);
  stamped(repository, `${base}..HEAD`);
  assert.deepEqual(reasons(verdicts(repository, `${base}..HEAD`)), [null, null, null]);
});

test("a shallow clone judges what it can, and says what is missing", () => {
  const origin = small();
  stamped(origin, "HEAD~2..HEAD");
  const shallow = create(["--depth", "2", `file://${origin.folder}`]);
  assert.deepEqual(reasons(verdicts(shallow, "HEAD")), [null]);
  for (const range of ["HEAD~1", "HEAD^@"]) {
    const result = verdicts(shallow, range);
    assert.equal(result.code, 3);
    assert.match(result.stderr, /shallow[\s\S]*hint: .*fetch-depth: 0/);
  }
  const beyond = verdicts(shallow, "HEAD~2..HEAD");
  assert.equal(beyond.code, 2);
  assert.match(beyond.stderr, /bad revision 'HEAD~2\.\.HEAD'\n.*hint: .*--unshallow/);
});

test("hostile: ranges that look like options, and what is no range", () => {
  const repository = small();
  const mark = join(repository.folder, "..", "run");
  const bad = [
    "--upload-pack=x",
    "--all",
    "-n1",
    `--output=${mark}`,
    "",
    " ",
    "$(touch x)",
    "a\nb",
  ];
  for (const range of [...bad, `HEAD;touch ${mark}`, "HEAD -- .", "HEAD:a", "x..y", "--"]) {
    const { code, stdout } = repository.stampmill([...VERIFY, range]);
    assert.ok((code === 2 || code === 1) && stdout === "", `${range}: ${code}`);
  }
  repository.git("update-ref", "refs/heads/--upload-pack=x", "HEAD");
  for (const range of ["--upload-pack=x", "refs/heads/--upload-pack=x"]) {
    assert.equal(verdicts(repository, range).rows.length, 1);
  }
  assert.ok(!existsSync(mark));
});

test("hostile: messages with shell code, NULs and megabytes, paths with line ends", () => {
  const repository = small();
  const mark = join(repository.folder, "..", "run");
  repository.commit('a\nb\tc"d', "x\n", `evil\n\nHashcash: $(touch ${mark})\`touch ${mark}\`\n`);
  const evil = verdicts(repository, "HEAD");
  assert.deepEqual([evil.code, reasons(evil)], [1, ["malformed"]]);
  stamped(repository);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  assert.ok(!existsSync(mark));

  const raw = repository.git("cat-file", "commit", "HEAD");
  const header = raw.slice(0, raw.indexOf("\n\n"));
  const good = /Hashcash: (1:\S+)/.exec(raw)?.[1];
  const write = (message: string) => {
    const args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
    return repository.tryGit(args, `${header}\n\n${message}`).stdout.trim();
  };
  assert.deepEqual(reasons(verdicts(repository, write(`a\0b\nHashcash: ${good}\0\n`))), [
    "malformed",
  ]);
  const long = `${"x".repeat(5_000_000)}\n${"Hashcash: 1:y\n".repeat(300_000)}`;
  assert.deepEqual(reasons(verdicts(repository, write(`${long}Hashcash: ${good}`))), ["malformed"]);
  assert.deepEqual(reasons(verdicts(repository, write(`Hashcash: ${good}\n${long}`))), [null]);
});
