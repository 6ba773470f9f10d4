import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readGit } from "../../src/git/run.ts";
import { slugOfUrl } from "../../src/git/slug.ts";
import { BITS, create, reasons, STAMP, small, VERIFY, verdicts } from "./stamped-commits.ts";

test("slugs: from the remote's URL or as given, percent-encoded, never guessed", () => {
  const slugs: Record<string, string | null> = {
    "https://example.org/owner/name.git": "owner/name",
    "https://user:secret@example.org/owner/name/": "owner/name",
    "ssh://git@example.org:22/group/sub/name.git": "group/sub/name",
    "git@example.org:owner/name": "owner/name",
    "/home/ann/name": null,
    "../name": null,
    "file:///home/ann/name": null,
    "": null,
    "https://example.org/": null,
  };
  for (const [url, slug] of Object.entries(slugs)) assert.equal(slugOfUrl(url), slug, url);
  const repository = small();
  const without = repository.stampmill(["verify", "-b", "8", "--git", "HEAD", "--json"]);
  assert.equal(without.code, 2);
  repository.git("remote", "add", "origin", "https://user:secret@example.org/own:er/na me.git");
  const named = repository.stampmill(["verify", "-b", "8", "--git", "HEAD", "--json"]);
  assert.match(JSON.parse(named.stdout).needs, /^own%3Aer\/na%20me\/[0-9a-f]{40}$/);
  for (const slug of ["", "/a", "a/", "a//b", "x".repeat(2000)]) {
    const args = ["verify", "-b", "8", "--git", "HEAD", "--slug", slug];
    assert.equal(repository.stampmill(args).code, 2, slug);
  }
});

test("what does not go with --git is refused", () => {
  const repository = small();
  const others = [["--mail"], ["--scan"], ["-r", "x"], ["--any-resource"], ["--work", "9"]];
  for (const other of [...others, ["--any"], ["--encode"], ["--match", "regex"], ["--no-spend"]]) {
    assert.equal(repository.stampmill([...VERIFY, "HEAD", ...other]).code, 2, other[0]);
  }
  assert.equal(repository.stampmill([...VERIFY, "HEAD", "1:8:x"]).code, 2);
  assert.equal(
    repository.stampmill(["verify", "-b", "8", "-r", "x", "--slug", "a/b", "x"]).code,
    2,
  );
  const empty = repository.stampmill([...VERIFY, "HEAD..HEAD"]);
  assert.deepEqual([empty.code, empty.stdout], [1, ""]);
  assert.equal(repository.stampmill(["git", "stamp", "HEAD~1", "--slug", "a/b"]).code, 2);
});

test("a git that is missing, or takes too long, is an error, at once", async () => {
  const repository = small();
  const started = performance.now();
  const { code, stderr } = repository.stampmill([...VERIFY, "HEAD"], { PATH: repository.bin });
  assert.deepEqual([code, stderr.slice(0, 39)], [3, "stampmill: error: git cannot be run: sp"]);
  const endless = async function* () {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield Buffer.from("x");
    }
  };
  const options = { input: endless(), timeout: 300 };
  const message = /took more than 0.3 s/;
  await assert.rejects(readGit(["hash-object", "--stdin"], 100, options), { code: "git", message });
  await assert.rejects(readGit(["version"], 3), { code: "git", message: /more than 3 bytes/ });
  assert.ok(performance.now() - started < 10_000);
});

test("a hook stamps what is committed, amended, merged and reworded", () => {
  const repository = small();
  const install = ["git", "install-hook", "-b", BITS, "--slug", "example/forum"];
  const installed = repository.stampmill(install);
  assert.deepEqual([installed.code, installed.stdout], [0, ".git/hooks/commit-msg\n"]);
  assert.equal(statSync(join(repository.folder, ".git/hooks/commit-msg")).mode & 0o777, 0o755);
  assert.equal(repository.stampmill(install).code, 0, "replaces its own");

  repository.write("d", "4\n");
  repository.git("add", "d");
  repository.git("commit", "--quiet", "-m", "four\n\nSigned-off-by: Ann");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  assert.match(
    repository.git("log", "-1", "--format=%B"),
    /^four\n\nSigned-off-by: Ann\nHashcash: /,
  );
  repository.write("d", "5\n");
  repository.git("commit", "--quiet", "--all", "--amend", "--no-edit");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  repository.git("commit", "--quiet", "--amend", "-m", "four, reworded");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  repository.write("a", "only this\n");
  repository.write("b", "not this\n");
  repository.git("add", "b");
  repository.git("commit", "--quiet", "-m", "partial", "a");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  repository.git("reset", "--quiet", "--hard");
  repository.git("commit", "--quiet", "--allow-empty", "-m", "empty");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  assert.notEqual(repository.tryGit(["commit", "--allow-empty", "-m", ""]).code, 0);
  repository.git("checkout", "--quiet", "-b", "side", "HEAD~1");
  repository.commit("e", "6\n", "six");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "main");
  assert.equal(verdicts(repository, "HEAD").code, 0);
});

test("a commit of nothing is stamped for the message that git keeps, whatever it keeps", () => {
  const repository = small();
  repository.stampmill(["git", "install-hook", "-b", BITS, "--slug", "example/forum"]);
  const editor = join(repository.folder, "editor.sh");
  writeFileSync(
    editor,
    '#!/bin/sh\nprintf "typed\\n# not a comment, or one\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\n',
  );
  chmodSync(editor, 0o755);
  const scissors = `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`;
  const commit = ["commit", "--quiet", "--allow-empty"];
  for (const args of [
    [...commit, "-m", "kept\n# this line"],
    [...commit, "-m", "# nothing but this"],
    [...commit, "--cleanup=verbatim", "-m", "kept\n\n# this line\n\n\n"],
    [...commit, "--cleanup=strip", "-m", "kept\n# not this line"],
    [...commit, "--cleanup=scissors", "-m", `kept\n# this\n${scissors}\nnot this`],
    ["-c", `core.editor=${editor}`, ...commit],
    ["-c", `core.editor=${editor}`, "-c", "commit.cleanup=scissors", ...commit],
    ["-c", `core.editor=${editor}`, "-c", "commit.cleanup=verbatim", ...commit],
  ]) {
    repository.git(...args);
    const label = `${args.join(" ")}: ${repository.git("log", "-1", "--format=%B")}`;
    assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null], label);
  }
  const other = repository.tryGit(["-c", "core.commentChar=;", ...commit, "-m", "kept\n; this"]);
  assert.notEqual(other.code, 0);
  assert.match(other.stderr, /core\.commentChar.*\n.*hint: commit with --no-verify/);
  repository.write("d", "4\n");
  repository.git("add", "d");
  repository.git("-c", "core.commentChar=;", "commit", "--quiet", "-m", "kept\n; this");
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
});

test("the first commit of all is stamped by the hook; comments stay below the stamp", () => {
  const repository = create();
  assert.equal(repository.stampmill(["git", "install-hook", "-b", "8", "--slug", "a/'b"]).code, 0);
  repository.write("a", "1\n");
  repository.git("add", "a");
  repository.git("commit", "--quiet", "-m", "one");
  const args = ["verify", "-b", "8", "--slug", "a/'b", "--git", "HEAD"];
  assert.equal(repository.stampmill(args).code, 0);
  const file = join(repository.folder, "message");
  const scissors = `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`;
  const tail = `\n# Please enter\n${scissors}\ndiff --git\n`;
  writeFileSync(file, `subject\n${tail}`);
  assert.equal(repository.stampmill([...STAMP, "--hook", file]).code, 0);
  const text = readFileSync(file, "latin1");
  assert.match(text, /^subject\n\nHashcash: \S+\n\n# Please/);
  assert.ok(text.endsWith(tail));
});

test("a foreign hook stays, unless --force says otherwise; a link is replaced, not followed", () => {
  const repository = small();
  const hook = join(repository.folder, ".git/hooks/commit-msg");
  const target = join(repository.folder, "precious");
  writeFileSync(target, "#!/bin/sh\n");
  repository.git("config", "core.hooksPath", join(repository.folder, ".git/hooks"));
  symlinkSync(target, hook);
  const install = ["git", "install-hook", "--slug", "a/b"];
  const refused = repository.stampmill(install);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /already[\s\S]*--force/);
  assert.equal(repository.stampmill([...install, "--force"]).code, 0);
  assert.equal(readFileSync(target, "utf8"), "#!/bin/sh\n");
  assert.match(readFileSync(hook, "utf8"), /stampmill git stamp -b 20 --slug='a\/b' --hook "\$1"/);
});
