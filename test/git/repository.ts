import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cliEntry, type Outcome } from "../cli.ts";

/** A git repository of a test's own, and the command run in it. */
export class Repository {
  readonly folder: string;
  /** Where `stampmill` is, and nothing else. */
  readonly bin: string;
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(clone?: readonly string[]) {
    this.#home = mkdtempSync(join(tmpdir(), "stampmill-git-"));
    this.folder = join(this.#home, "work");
    this.bin = join(this.#home, "bin");
    mkdirSync(this.bin);
    const command = `#!/bin/sh\nexec '${process.execPath}' '${cliEntry}' "$@"\n`;
    writeFileSync(join(this.bin, "stampmill"), command);
    chmodSync(join(this.bin, "stampmill"), 0o755);
    this.#env = {
      PATH: `${this.bin}${delimiter}${process.env.PATH}`,
      HOME: this.#home,
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Ann",
      GIT_AUTHOR_EMAIL: "ann@example.org",
      GIT_COMMITTER_NAME: "Carl",
      GIT_COMMITTER_EMAIL: "carl@example.org",
    };
    mkdirSync(this.folder);
    if (clone === undefined) this.git("init", "--quiet", "-b", "main", ".");
    else this.git("clone", "--quiet", ...clone, ".");
  }

  /** Runs git and returns what it wrote; throws if it fails. */
  git(...args: string[]): string {
    const { code, stdout, stderr } = this.tryGit(args);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.replace(/\n$/, "");
  }

  tryGit(args: readonly string[], input = ""): Outcome {
    return this.#run("git", args, input, {});
  }

  /** Runs `stampmill` in the repository. */
  stampmill(args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
    return this.#run("stampmill", args, "", env);
  }

  /** Runs any program in the repository. */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Outcome {
    return this.#run(program, args, "", env);
  }

  #run(program: string, args: readonly string[], input: string, env: NodeJS.ProcessEnv): Outcome {
    const options = { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 1 << 27 };
    const run = spawnSync(program, args, { ...options, input, encoding: "latin1" });
    return { code: run.status, signal: run.signal, stdout: run.stdout, stderr: run.stderr };
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Writes a file and commits it, with `Hashcash:` lines or whatever the message has. */
  commit(name: string, content: string | Uint8Array, message: string): string {
    this.write(name, content);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--no-verify", "--cleanup=verbatim", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
