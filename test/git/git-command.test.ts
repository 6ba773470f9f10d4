import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { readGit } from "../../src/git/run.ts";
import { slugOfUrl } from "../../src/git/slug.ts";
import { cliEntry } from "../cli.ts";
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

test("the first commit of all is stamped by the hook; what git cuts off stays below the stamp", () => {
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
  // Text or comment, the stamp comes after it, and above what git cuts off.
  assert.match(text, /^subject\n\n# Please enter\n\nHashcash: \S+\n# -/);
  assert.ok(text.endsWith(`\n${scissors}\ndiff --git\n`));
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
  assert.match(readFileSync(hook, "utf8"), /git stamp -b 20 --slug='a\/b' --hook "\$3"/);
});

test("lines that begin with # stay where they are, and the stamp comes last", () => {
  const repository = small();
  const stamped = (label: string) => {
    assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null], label);
    return repository.git("log", "-1", "--format=%B");
  };
  // A commit that is made already.
  repository.commit("d", "4\n", "#7 repair the door\n\nText.\n\n# Heading\n");
  assert.equal(repository.stampmill([...STAMP, "HEAD"]).code, 0);
  assert.match(
    stamped("finished"),
    /^#7 repair the door\n\nText\.\n\n# Heading\n\nHashcash: \S+\n*$/,
  );

  repository.stampmill(["git", "install-hook", "-b", BITS, "--slug", "example/forum"]);
  const editor = join(repository.folder, "editor.sh");
  const typed = 'printf "#7 repair\\n\\n# Heading\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"';
  writeFileSync(editor, `#!/bin/sh\n${typed}\n`);
  chmodSync(editor, 0o755);
  const message = "#7 repair\n\n# Heading";
  const kept = /^#7 repair\n\n# Heading\n(?:#.*\n|\n)*\n(?:Hashcash: \S+\n*)+$/;
  let n = 0;
  for (const args of [
    ["commit", "-m", message],
    ["commit", "--cleanup=whitespace", "-m", message],
    ["commit", "--cleanup=verbatim", "-m", message],
    ["commit", "--cleanup=scissors", "-m", message],
    ["-c", `core.editor=${editor}`, "commit", "--cleanup=scissors"],
    ["-c", `core.editor=${editor}`, "commit", "--cleanup=scissors", "-v"],
    ["-c", `core.editor=${editor}`, "-c", "commit.cleanup=scissors", "commit"],
  ]) {
    repository.write("d", `${n++} again\n`);
    repository.git("add", "d");
    repository.git(...args, "--quiet");
    assert.match(stamped(args.join(" ")), kept, args.join(" "));
  }
});

test("whatever comments begin with, the stamp is above what git cuts off", () => {
  const repository = small();
  repository.stampmill(["git", "install-hook", "-b", BITS, "--slug", "example/forum"]);
  const editor = join(repository.folder, "editor.sh");
  const typed = 'printf "four\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"';
  writeFileSync(editor, `#!/bin/sh\n${typed}\n`);
  chmodSync(editor, 0o755);
  let n = 0;
  for (const mark of ["#", ";", "%", "auto"]) {
    repository.write("d", `${n++} again\n`);
    repository.git("add", "d");
    const settings = ["-c", `core.commentChar=${mark}`, "-c", `core.editor=${editor}`];
    repository.git(...settings, "commit", "-v", "--quiet");
    assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null], mark);
    assert.match(repository.git("log", "-1", "--format=%B"), /^four\n\n(?:Hashcash: \S+\n*)+$/);
    // Nothing typed: git refuses it, and a stamp does not make a message of it.
    repository.write("d", `${n++} again\n`);
    repository.git("add", "d");
    const idle = ["-c", `core.commentChar=${mark}`, "-c", "core.editor=true", "commit", "-v"];
    assert.notEqual(repository.tryGit(idle).code, 0, mark);
  }
});

test("of a repository that somebody else owns git's own reason and advice come through", {
  skip: process.getuid?.() === 0 ? false : "only root can give a folder to somebody else",
}, () => {
  const repository = small();
  for (const name of [repository.folder, join(repository.folder, ".git")])
    chownSync(name, 1234, 1234);
  for (const args of [
    ["verify", "-b", BITS, "--git", "HEAD"],
    ["verify", "-b", BITS, "--slug", "example/forum", "--git", "HEAD~1..HEAD"],
    ["git", "stamp", "-b", BITS],
    ["git", "stamp", "-b", BITS, "--slug", "example/forum"],
    ["git", "install-hook", "--slug", "example/forum"],
  ]) {
    const { code, stdout, stderr } = repository.stampmill(args);
    assert.deepEqual([code, stdout], [3, ""], stderr);
    assert.match(
      stderr,
      /^stampmill: error: git [\w-]+ failed: detected dubious ownership in repository/,
    );
    assert.match(stderr, /\nstampmill: hint: git config --global --add safe\.directory \S+\n$/);
  }
  repository.git("config", "--global", "--add", "safe.directory", repository.folder);
  assert.equal(repository.stampmill(["git", "stamp", "-b", BITS, "--slug", "a/b"]).code, 0);
});

test("the hook finds what installed it, which is not on the path", () => {
  const repository = small();
  // As npx keeps it: in a folder of its own, under a name with all that a shell minds.
  const folder = join(repository.folder, "..", 'it\'s a "cache" für $HOME');
  const command = join(folder, "stampmill");
  mkdirSync(folder);
  symlinkSync(cliEntry, command);
  const path = (process.env.PATH ?? "").split(delimiter).filter((one) => one !== repository.bin);
  const bare = { PATH: path.join(delimiter) };
  const install = ["git", "install-hook", "-b", BITS, "--slug", "example/forum"];
  const run = repository.run(process.execPath, [command, ...install], bare);
  assert.equal(run.code, 0, run.stderr);
  let n = 0;
  const commit = (env: NodeJS.ProcessEnv) => {
    repository.write("d", `${n++} again\n`);
    repository.git("add", "d");
    return repository.run("git", ["commit", "--quiet", "-m", "one more"], env);
  };
  const found = commit(bare);
  assert.equal(found.code, 0, found.stderr);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  // It is gone: the one on the path does, and without one git makes no commit.
  rmSync(folder, { recursive: true });
  assert.equal(commit({}).code, 0);
  assert.deepEqual(reasons(verdicts(repository, "HEAD")), [null]);
  const head = repository.git("rev-parse", "HEAD");
  const lost = commit(bare);
  assert.notEqual(lost.code, 0);
  assert.match(
    lost.stderr,
    /^stampmill: error: .* is gone, .*: install it, or remove \S+commit-msg\n$/,
  );
  assert.equal(repository.git("rev-parse", "HEAD"), head);
});

test("what becomes of a stamp, as docs/ci.md tells it", () => {
  const repository = small();
  const reasonsIn = (range: string) => reasons(verdicts(repository, range));
  const branch = (name: string) => {
    repository.git("checkout", "--quiet", "-b", name, "main");
    for (const [file, text] of [
      ["x", "1\n"],
      ["y", "2\n"],
    ] as const) {
      repository.commit(`${name}-${file}`, text, `${name} ${file}`);
    }
    assert.equal(repository.stampmill([...STAMP, "main..HEAD"]).code, 0);
    assert.deepEqual(reasonsIn("main..HEAD"), [null, null], name);
  };
  branch("rebased");
  repository.git("checkout", "--quiet", "main");
  repository.commit("elsewhere", "3\n", "main goes on");
  repository.git("checkout", "--quiet", "rebased");
  repository.git("rebase", "--quiet", "main");
  assert.deepEqual(reasonsIn("main..HEAD"), [null, null], "rebase");
  repository.git("checkout", "--quiet", "-b", "picked", "main");
  repository.git("cherry-pick", "rebased~1");
  assert.deepEqual(reasonsIn("main..HEAD"), [null], "cherry-pick");
  repository.git("checkout", "--quiet", "-b", "merged", "main");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "rebased");
  assert.equal(verdicts(repository, "main..HEAD").code, 0, "merge");
  repository.git("checkout", "--quiet", "-b", "squashed", "main");
  repository.git("merge", "--quiet", "--squash", "rebased");
  repository.git("commit", "--quiet", "--no-edit");
  assert.match(repository.git("log", "-1", "--format=%B"), /Hashcash: /);
  assert.notDeepEqual(reasonsIn("main..HEAD"), [null], "squash");
  branch("fixed");
  repository.commit("fixed-x", "changed\n", "fixup! fixed x");
  repository.git("-c", "sequence.editor=true", "rebase", "--quiet", "-i", "--autosquash", "main");
  assert.notDeepEqual(reasonsIn("main..HEAD"), [null, null], "autosquash");
  assert.equal(repository.stampmill([...STAMP, "main..HEAD"]).code, 0);
  assert.deepEqual(reasonsIn("main..HEAD"), [null, null], "stamped again");
  repository.git("revert", "--no-edit", "HEAD");
  assert.notDeepEqual(reasonsIn("HEAD"), [null], "revert");
  const missing = repository.stampmill([
    "verify",
    "-b",
    BITS,
    "--slug",
    "a/b",
    "--git",
    "nowhere..HEAD",
  ]);
  assert.equal(missing.code, 2, "a base that is not there");
});
