import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parseExemptions } from "../../src/git/exemptions.ts";
import type { Repository } from "./repository.ts";
import { create, reasons, small, stamped, VERIFY, verdicts } from "./stamped-commits.ts";

const BOT = "bot@example.org";
const AS_BOT = ["-c", "user.name=Bot", `--author=Bot <${BOT}>`];
const WARNING = /^stampmill: warning: unproven-author: .* anyone can write that name\n$/;

/** A file beside the repository, where no commit can write. */
function outside(repository: Repository, name: string): string {
  return join(dirname(repository.folder), name);
}

function list(repository: Repository, ...lines: string[]): string {
  const path = outside(repository, "list");
  writeFileSync(path, `# who needs no stamp\n\n${lines.join("\n")}\n`);
  return path;
}

interface Key {
  file: string;
  /** Its line in a .pub file. */
  line: string;
  fingerprint: string;
}

function sshKey(repository: Repository, name: string, type = "ed25519"): Key {
  const file = outside(repository, name);
  const run = spawnSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", file]);
  assert.equal(run.status, 0, String(run.stderr));
  const shown = spawnSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" }).stdout;
  const line = readFileSync(`${file}.pub`, "utf8").trim();
  return { file, line, fingerprint: shown.split(" ")[1] ?? "" };
}

/** Commits a file, by the bot's name, signed if there is a key. */
function commit(repository: Repository, file: string, key: Key | null, ...more: string[]): string {
  repository.write(file, `${file}\n`);
  repository.git("add", "--all");
  return sign(repository, key, "commit", "--quiet", "-m", file, AS_BOT.at(-1) ?? "", ...more);
}

function sign(repository: Repository, key: Key | null, command: string, ...args: string[]): string {
  const settings = key === null ? [] : ["-c", `user.signingKey=${key.file}`];
  const how = key === null ? [] : ["-S"];
  repository.git("-c", "gpg.format=ssh", ...settings, command, ...how, ...args);
  return repository.git("rev-parse", "HEAD");
}

/** The object of a commit, changed by hand. */
function rewrite(repository: Repository, id: string, change: (text: string) => string): string {
  const text = change(repository.tryGit(["cat-file", "commit", id]).stdout);
  const args = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
  const { code, stdout, stderr } = repository.tryGit(args, text);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

test("a signature by a listed ssh key exempts, given as a key or as its fingerprint", () => {
  for (const type of ["ed25519", "ecdsa", "rsa"]) {
    const repository = small();
    const bot = sshKey(repository, "bot", type);
    const id = commit(repository, "bump", bot);
    for (const entry of [`ssh ${bot.line}`, `ssh ${bot.fingerprint}`]) {
      const result = verdicts(repository, "HEAD~1..HEAD", "--exempt", list(repository, entry));
      assert.deepEqual([result.code, result.stderr], [0, ""]);
      const [{ valid, reason, by, entry: named, line, warning, signature, ...row }] = result.rows;
      assert.deepEqual([valid, reason, by], [false, "exempt", "ssh"]);
      assert.deepEqual([named, line, warning], [bot.fingerprint, 3, null]);
      assert.deepEqual([signature, row.commit, row.stamp], [bot.fingerprint, id, ""]);
    }
    const without = verdicts(repository, "HEAD~1..HEAD");
    assert.deepEqual([without.code, reasons(without)], [1, ["no-stamp"]]);
  }
});

test("attack: the bot's name without its signature, or with another's, exempts nothing", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const other = sshKey(repository, "other");
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`)];
  commit(repository, "unsigned", null);
  commit(repository, "by-another", other);
  const result = verdicts(repository, "HEAD~2..HEAD", ...exempt);
  assert.equal(result.code, 1);
  assert.deepEqual(reasons(result), ["no-stamp", "no-stamp"]);
  const signatures = result.rows.map(({ signature }) => signature);
  assert.deepEqual(signatures, ["none", other.fingerprint]);
  // Nor does it matter who is trusted on this machine.
  writeFileSync(outside(repository, "signers"), `${BOT} ${other.line}\n`);
  repository.git("config", "gpg.ssh.allowedSignersFile", outside(repository, "signers"));
  assert.equal(verdicts(repository, "HEAD~2..HEAD", ...exempt).code, 1);
});

test("attack: a signature taken from another commit, cut off, or of something else", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`)];
  const id = commit(repository, "bump", bot);
  const tree = repository.git("rev-parse", "HEAD~1^{tree}");
  const signature = (text: string) => text.slice(text.indexOf("gpgsig"), text.indexOf("\n\n") + 1);
  const good = repository.tryGit(["cat-file", "commit", id]).stdout;
  const forged = {
    "another tree": good.replace(/^tree .*$/m, `tree ${tree}`),
    "another message": good.replace(/\n\nbump/, "\n\nbump it"),
    "another author": good.replace("Bot <", "Bob <"),
    "another header": good.replace("\ngpgsig ", "\nmergetag x\ngpgsig "),
    "no signature": good.replace(signature(good), ""),
    "cut off": good.replace(/\n -----END SSH SIGNATURE-----/, ""),
    "no more than a word": good.replace(signature(good), "gpgsig good\n"),
  };
  const { stdout } = repository.tryGit(["cat-file", "commit", id]);
  for (const [what, text] of Object.entries(forged)) {
    assert.notEqual(text, stdout, what);
    const result = verdicts(
      repository,
      rewrite(repository, id, () => text),
      ...exempt,
    );
    assert.deepEqual([result.code, reasons(result)], [1, ["no-stamp"]], what);
  }
  assert.equal(
    verdicts(
      repository,
      rewrite(repository, id, (text) => text),
      ...exempt,
    ).code,
    0,
  );
  // Of a file, which is another purpose ("namespace") than git's.
  const payload = outside(repository, "payload");
  writeFileSync(payload, good.replace(signature(good), ""), "latin1");
  const args = ["-Y", "sign", "-q", "-n", "file", "-f", bot.file, payload];
  assert.equal(spawnSync("ssh-keygen", args).status, 0);
  const lines = readFileSync(`${payload}.sig`, "utf8").trim().split("\n");
  const header = `gpgsig ${lines.join("\n ")}\n`;
  const moved = rewrite(repository, id, (text) => text.replace(signature(text), header));
  assert.deepEqual(reasons(verdicts(repository, moved, ...exempt)), ["no-stamp"]);
});

test("attack: a merge that the bot signed brings in what others wrote", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`)];
  repository.git("branch", "base");
  repository.git("checkout", "--quiet", "-b", "side");
  commit(repository, "theirs", null);
  repository.git("checkout", "--quiet", "-b", "work", "base");
  commit(repository, "ours", bot);
  sign(repository, bot, "merge", "--quiet", "--no-ff", "-m", "merge", "side");
  const clean = verdicts(repository, "base..work", ...exempt);
  assert.equal(clean.code, 1);
  assert.deepEqual(reasons(clean).sort(), ["exempt", "no-stamp"]);
  // With text of its own it needs a stamp, or the bot's signature. Amended by others it has neither.
  repository.write("evil", "in none of the parents\n");
  repository.git("add", "evil");
  sign(repository, bot, "commit", "--quiet", "--amend", "--no-edit");
  const signed = verdicts(repository, "HEAD", ...exempt);
  assert.deepEqual([signed.code, reasons(signed)], [0, ["exempt"]]);
  repository.git("commit", "--quiet", "--amend", "--no-edit", "--no-gpg-sign");
  const amended = verdicts(repository, "HEAD", ...exempt);
  assert.deepEqual([amended.code, reasons(amended)], [1, ["no-stamp"]]);
});

test("author= narrows a key to one author: a host's key signs what anyone does there", () => {
  const repository = small();
  const host = sshKey(repository, "host");
  const exempt = ["--exempt", list(repository, `ssh author=${BOT} ${host.line}`)];
  commit(repository, "by-bot", host);
  commit(repository, "by-ann", host, "--author=Ann <ann@example.org>");
  const result = verdicts(repository, "HEAD~2..HEAD", ...exempt);
  assert.deepEqual([result.code, reasons(result)], [1, ["exempt", "no-stamp"]]);
});

test("an e-mail address alone exempts with a warning, by name; what is proved goes first", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const id = commit(repository, "unsigned", null);
  const entries = [`email ${BOT}`, `ssh ${bot.line}`, `commit ${id}`];
  const byName = ["--exempt", list(repository, entries[0] ?? "")];
  const result = verdicts(repository, "HEAD", ...byName);
  assert.deepEqual([result.code, reasons(result)], [0, ["exempt"]]);
  assert.deepEqual([result.rows[0].by, result.rows[0].warning], ["email", "unproven-author"]);
  assert.match(result.stderr, WARNING);
  const text = repository.stampmill([...VERIFY, "HEAD", ...byName]).stdout;
  const why = `email ${BOT}, line 3 of the list; unproven-author: anyone can write that name`;
  assert.equal(text, `${id}: exempt (${why})\n`);
  commit(repository, "signed", bot);
  const all = verdicts(repository, "HEAD~2..HEAD", "--exempt", list(repository, ...entries));
  const found = all.rows.map(({ by, line, warning }) => [by, line, warning]);
  assert.deepEqual(found, [
    ["commit", 5, null],
    ["ssh", 4, null],
  ]);
  // The committer, or a name that is only like it, is not the author.
  const odd = ["Bot <x@example.org> <bot@example.org>", "bot@example.org <x@example.org>"];
  for (const author of [...odd, "Bot <BOT@example.org>", "Bot <bot@example.org.evil>"]) {
    const change = (object: string) => object.replace(/^author .*>/m, `author ${author}`);
    const forged = rewrite(repository, id, change);
    assert.deepEqual(reasons(verdicts(repository, forged, ...byName)), ["no-stamp"], author);
  }
  const twice = rewrite(repository, id, (object) =>
    object.replace(/^author .*$/m, (line) => `${line}\n${line.replace(BOT, "x@example.org")}`),
  );
  assert.deepEqual(reasons(verdicts(repository, twice, ...byName)), ["no-stamp"]);
});

test("an id exempts that one commit, and no other with the same change", () => {
  const repository = small();
  const id = commit(repository, "once", null);
  const exempt = ["--exempt", list(repository, `commit ${id} # agreed upon`)];
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...exempt)), ["exempt"]);
  repository.git("commit", "--quiet", "--amend", "-m", "again");
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...exempt)), ["no-stamp"]);
});

test("a good stamp stays valid and is spent; an exempt commit spends nothing", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`)];
  commit(repository, "stamped", null);
  stamped(repository);
  commit(repository, "signed", bot);
  const store = ["--store", outside(repository, "spent.db")];
  const first = verdicts(repository, "HEAD~2..HEAD", ...exempt, ...store);
  assert.deepEqual([first.code, reasons(first)], [0, [null, "exempt"]]);
  assert.deepEqual(
    first.rows.map(({ signature }) => signature),
    [null, bot.fingerprint],
  );
  const again = verdicts(repository, "HEAD~2..HEAD", ...exempt, ...store);
  assert.deepEqual([again.code, reasons(again)], [1, ["spent", "exempt"]]);
});

test("the list is read from the base; attack: changed or added within the range", () => {
  const repository = create();
  const bot = sshKey(repository, "bot");
  const mallory = sshKey(repository, "mallory");
  repository.commit("lists/exempt", `ssh ${bot.line}\n`, "a list");
  repository.git("branch", "base");
  repository.git("checkout", "--quiet", "-b", "work");
  commit(repository, "bump", bot);
  const at = (revision: string) => ["--exempt-at", `${revision}:lists/exempt`];
  assert.deepEqual(reasons(verdicts(repository, "base..work", ...at("base"))), ["exempt"]);
  // Mallory puts a key of her own on the list, and signs with it.
  repository.write("lists/exempt", `ssh ${mallory.line}\nssh ${bot.line}\n`);
  commit(repository, "mallory", mallory);
  const result = verdicts(repository, "base..work", ...at("base"));
  assert.deepEqual([result.code, reasons(result)], [1, ["exempt", "no-stamp"]]);
  // Whatever revision holds a commit of the range is refused: its end, its middle, a merge of both.
  repository.git("checkout", "--quiet", "-b", "merged", "base");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "work");
  repository.git("checkout", "--quiet", "work");
  for (const revision of ["work", "work~1", "merged", "HEAD", "@", ":/mallory"]) {
    const refused = repository.stampmill([...VERIFY, "base..work", ...at(revision)]);
    assert.deepEqual([refused.code, refused.stdout], [2, ""], revision);
  }
  for (const revision of ["HEAD", "merged"]) {
    assert.equal(repository.stampmill([...VERIFY, "HEAD", ...at(revision)]).code, 2, revision);
  }
  assert.deepEqual(reasons(verdicts(repository, "HEAD", ...at("HEAD~1"))), ["no-stamp"]);
  // A branch of its own for lists holds nothing of it.
  repository.git("checkout", "--quiet", "--orphan", "policy");
  repository.git("commit", "--quiet", "-m", "of its own");
  assert.deepEqual(reasons(verdicts(repository, "base..work", ...at("policy"))).length, 2);
});

test("attack: a list among the files that are checked out, or linked to from outside", () => {
  const repository = small();
  repository.write("lists/exempt", `email ${BOT}\n`);
  commit(repository, "mine", null);
  const link = outside(repository, "link");
  symlinkSync(join(repository.folder, "lists", "exempt"), link);
  for (const path of ["lists/exempt", join(repository.folder, "lists/exempt"), link]) {
    const { code, stdout, stderr } = repository.stampmill([...VERIFY, "HEAD", "--exempt", path]);
    assert.deepEqual([code, stdout], [2, ""], path);
    assert.match(stderr, /the repository's own files.*\n.*--exempt-at/);
  }
  // No commit can write into .git.
  repository.write(".git/info/exempt", `email ${BOT}\n`);
  const within = verdicts(repository, "HEAD", "--exempt", ".git/info/exempt");
  assert.deepEqual(reasons(within), ["exempt"]);
});

test("in a shallow clone only a base that the range starts from is believed", () => {
  const origin = create();
  origin.commit("exempt", `email ${BOT}\n`, "a list");
  origin.commit("a", "1\n", "one");
  origin.git("checkout", "--quiet", "-b", "work");
  commit(origin, "theirs", null);
  origin.git("checkout", "--quiet", "main");
  origin.git("merge", "--quiet", "--no-ff", "-m", "merge", "work");
  // As if the host had merged the two for a trial. Only its tip is fetched, none of its parents.
  origin.git("branch", "-m", "main", "trial");
  origin.git("branch", "main", "trial~1");
  const url = `file://${origin.folder}`;
  const clone = create(["--depth=2", "--no-single-branch", url]);
  clone.git("fetch", "--quiet", "--depth=2", "origin", "work", "main");
  clone.git("fetch", "--quiet", "--depth=1", "origin", "trial");
  const trial = clone.git("rev-parse", "FETCH_HEAD");
  const range = [...VERIFY, "origin/main..origin/work", "--exempt-at"];
  assert.equal(clone.stampmill([...range, `${trial}:exempt`]).code, 2);
  assert.equal(clone.stampmill([...range, "origin/main:exempt"]).code, 0);
});

test("lists that cannot be had, or are none, are errors and judge nothing", () => {
  const repository = small();
  const bad = [
    "bot@example.org",
    "user bot@example.org",
    "email bot",
    "email <bot@example.org>",
    "email a@b c@d",
    "commit HEAD",
    "commit 0123456789",
    `commit ${"A".repeat(40)}`,
    "gpg 0123456789ABCDEF",
    `gpg ${"0".repeat(40)} Bot`,
    "gpg",
    "ssh",
    "ssh SHA256:abc",
    `ssh SHA256:${"a".repeat(43)} bot`,
    "ssh ssh-ed25519",
    "ssh ssh-ed25519 AAAA",
    "ssh ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "ssh AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    `ssh author=bot SHA256:${"a".repeat(43)}`,
    `email ${"a".repeat(20_000)}@example.org`,
    "\u00ef\u00bb\u00bfemail bot@example.org",
  ];
  for (const entry of bad) {
    const message = /^list, line 2: /;
    assert.throws(() => parseExemptions(`# x\n${entry}\n`, "list"), { code: "bad-input", message });
    const at = ["--exempt", list(repository, entry)];
    const { code, stdout } = repository.stampmill([...VERIFY, "HEAD", ...at]);
    assert.deepEqual([code, stdout], [2, ""], entry);
  }
  assert.throws(() => parseExemptions("#".repeat(1 << 20).concat("\n"), "list"), /longer than/);
  const none = outside(repository, "none");
  mkdirSync(outside(repository, "folder"));
  const cases: [string[], number][] = [
    [["--exempt", none], 3],
    [["--exempt", outside(repository, "folder")], 2],
    [["--exempt-at", "HEAD~1:none"], 2],
    [["--exempt-at", "nowhere:list"], 2],
    [["--exempt-at", "HEAD~1"], 2],
    [["--exempt-at", ":a"], 2],
    [["--exempt-at", "HEAD~1:"], 2],
    [["--exempt-at", "--all:a"], 2],
    [["--exempt", list(repository, ""), "--exempt-at", "HEAD~1:a"], 2],
  ];
  for (const [options, expected] of cases) {
    const { code, stdout } = repository.stampmill([...VERIFY, "HEAD", ...options]);
    assert.deepEqual([code, stdout], [expected, ""], options.join(" "));
  }
  const elsewhere = ["verify", "-b", "8", "-r", "x", "--exempt", list(repository, ""), "x"];
  assert.equal(repository.stampmill(elsewhere).code, 2);
});

test("the list that docs/ci.md shows is one", () => {
  const page = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
  const [, example = ""] = /^```\n(# one entry a line\n[^`]*)```$/m.exec(page) ?? [];
  const kinds = parseExemptions(example, "docs/ci.md").map(({ by }) => by);
  assert.deepEqual(kinds, ["ssh", "ssh", "gpg", "gpg", "commit", "email"]);
});

test("blanks, remarks and CRs of a list do not matter", () => {
  const id = "0".repeat(40);
  const text = `\r\n#\n  # x\n\tcommit  ${id}\t# once\r\nemail b\u00c3\u00a0@example.org#1`;
  const found = parseExemptions(text, "list").map(({ by, value, line }) => [by, value, line]);
  assert.deepEqual(found, [
    ["commit", id, 4],
    ["email", "b\u00c3\u00a0@example.org#1", 5],
  ]);
});

test("a signature that cannot be checked exempts nothing, and it is said why", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`)];
  commit(repository, "bump", bot);
  // Of ssh-keygen git only says that the signature is bad.
  repository.git("config", "gpg.ssh.program", "/nonexistent/ssh-keygen");
  const result = verdicts(repository, "HEAD", ...exempt);
  assert.deepEqual([result.code, reasons(result)], [1, ["no-stamp"]]);
  assert.equal(result.rows[0].signature, "bad");
  const { stdout } = repository.stampmill([...VERIFY, "HEAD", ...exempt]);
  assert.match(
    stdout,
    /is missing; git says that its signature is bad, as .* ssh-keygen is missing/,
  );
});

test("a signature by a listed OpenPGP key exempts, for its subkeys too", { skip: noGpg() }, () => {
  const repository = small();
  const home = outside(repository, "gnupg");
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...args: string[]) => {
    const options = { env: { ...process.env, GNUPGHOME: home }, encoding: "utf8" } as const;
    const run = spawnSync("gpg", ["--batch", "--passphrase", "", ...args], options);
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  };
  try {
    gpg("--quick-generate-key", `Bot <${BOT}>`, "ed25519", "cert", "never");
    const primary = /^fpr:+([0-9A-F]{40}):/m.exec(gpg("--list-keys", "--with-colons"))?.[1] ?? "";
    gpg("--quick-add-key", primary, "ed25519", "sign", "never");
    repository.write("bump", "bump\n");
    repository.git("add", "--all");
    const env = { GNUPGHOME: home };
    const made = ["-c", `user.signingKey=${BOT}`, "commit", "--quiet", "-S", "-m", "bump"];
    const { code, stderr } = repository.run("git", made, env);
    assert.equal(code, 0, stderr);
    const entry = list(repository, `gpg ${primary.toLowerCase()}`);
    const args = [...VERIFY, "HEAD", "--json", "--exempt", entry];
    const row = JSON.parse(repository.stampmill(args, env).stdout);
    assert.deepEqual([row.reason, row.by, row.entry], ["exempt", "gpg", primary]);
    // Without the key in the keyring nothing is known of the signature.
    const blind = JSON.parse(repository.stampmill(args).stdout);
    assert.deepEqual([blind.reason, blind.signature], ["no-stamp", "unchecked"]);
  } finally {
    spawnSync("gpgconf", ["--kill", "all"], { env: { ...process.env, GNUPGHOME: home } });
  }
});

function noGpg(): string | false {
  const found = ["gpg", "gpg-agent"].every((name) => spawnSync(name, ["--version"]).status === 0);
  if (!found && process.env.CI === "true") throw new Error("gpg is needed");
  return found ? false : "gpg is not installed";
}

test("every format names an exempt commit", () => {
  const repository = small();
  const bot = sshKey(repository, "bot");
  const signed = commit(repository, "signed", bot);
  const unsigned = commit(repository, "unsigned", null);
  const exempt = ["--exempt", list(repository, `ssh ${bot.line}`, `email ${BOT}`)];
  const report = (format: string) => {
    const args = [...VERIFY, "HEAD~2..HEAD", ...exempt, "--format", format];
    const { code, stdout } = repository.stampmill(args);
    assert.equal(code, 0, format);
    return stdout;
  };
  const byKey = `exempt: ssh ${bot.fingerprint}, line 3 of the list`;
  const byName = `exempt: email ${BOT}, line 4 of the list; unproven-author: anyone can write that name`;
  assert.equal(
    report("github"),
    `::notice title=stamp exempt::${signed}: ${byKey}\n` +
      `::warning title=stamp unproven-author::${unsigned}: ${byName}\n`,
  );
  const { results } = JSON.parse(report("sarif")).runs[0];
  const rows = results.map((r: { ruleId: string; level: string }) => [r.ruleId, r.level]);
  assert.deepEqual(rows, [
    ["exempt", "note"],
    ["unproven-author", "warning"],
  ]);
  const junit = report("junit");
  assert.match(junit, /tests="2" failures="0" errors="0" skipped="2"/);
  assert.ok(junit.includes(`<skipped>${byKey}</skipped>`));
  assert.ok(junit.includes(`<skipped>${byName}</skipped>`));
});
