import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StampmillError } from "../text/errors.ts";

/** A git that takes longer than this for one step hangs, in milliseconds. */
const TIME_OUT = 600_000;

/** Most that is kept of what git says on standard error. */
const MAX_COMPLAINT = 4096;

/** Which repository is meant; every other variable of git's may change what it answers. */
const KEPT = new Set(["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"])
  .add("GIT_OBJECT_DIRECTORY")
  .add("GIT_ALTERNATE_OBJECT_DIRECTORIES")
  .add("GIT_QUARANTINE_PATH")
  .add("GIT_CEILING_DIRECTORIES");

/** Settings that would make git's answers differ from one machine to the next. */
const SETTINGS = ["--no-replace-objects", "--no-pager"]
  .concat([
    "-c",
    "core.quotePath=true",
    "-c",
    "core.attributesFile=",
    "-c",
    "log.showSignature=false",
  ])
  .concat(["-c", "core.fsmonitor=false", "-c", "diff.suppressBlankEmpty=false"])
  // Said of the variable below, which is set so that there are none.
  .concat(["-c", "advice.graftFileDeprecated=false"]);

export interface GitOptions {
  readonly input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Milliseconds; ten minutes by default. */
  readonly timeout?: number;
  /** Within a hook: with the settings that the git which called it was given, as by `git -c`. */
  readonly callersSettings?: boolean;
}

function gitEnvironment(callersSettings: boolean): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    const kept = KEPT.has(name) || (callersSettings && name.startsWith("GIT_CONFIG"));
    if (!name.startsWith("GIT_") || kept) env[name] = value;
  }
  return { ...env, LC_ALL: "C", GIT_GRAFT_FILE: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
}

/**
 * Runs git without a shell and yields what it writes, as it comes.
 *
 * @throws StampmillError `git` if it cannot be started, fails, or takes too long
 */
export async function* streamGit(
  args: readonly string[],
  { input, timeout = TIME_OUT, callersSettings = false }: GitOptions = {},
): AsyncGenerator<Uint8Array> {
  const child = spawn("git", [...SETTINGS, ...args], {
    env: gitEnvironment(callersSettings),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let late = false;
  // Not the option of `spawn`: where git cannot be started that one keeps the process alive.
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout).unref();
  let complaint = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    if (complaint.length < MAX_COMPLAINT) complaint += bytes.toString("latin1");
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  ended.catch(() => {});
  const fed = feed(child.stdin, input, () => child.kill("SIGKILL"));
  try {
    if (child.stdout !== null) yield* child.stdout;
    const code = await ended.catch((cause) => {
      throw new StampmillError("git", `git cannot be run: ${cause.message}`, { cause });
    });
    await fed;
    if (late) throw new StampmillError("git", `git ${args[0]} took more than ${timeout / 1000} s`);
    if (code !== 0) throw new GitFailure(args[0] ?? "", complaint);
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

/** Git ran and ended with an error. */
export class GitFailure extends StampmillError {
  constructor(command: string, complaint: string) {
    const lines = complaint.slice(0, MAX_COMPLAINT).split("\n");
    // Hints and warnings may stand before what went wrong.
    const line = (lines.find((each) => /^(?:fatal|error): /.test(each)) ?? lines[0] ?? "").slice(
      0,
      400,
    );
    super(
      "git",
      `git ${command} failed: ${line.replace(/^(?:fatal|error): /, "") || "no reason given"}`,
      adviceIn(complaint),
    );
  }
}

/** The command that git says would help, such as to trust a folder that somebody else owns. */
function adviceIn(complaint: string): { hint?: string } {
  const command = /^\t(git [ -~]+)$/m.exec(complaint)?.[1];
  return command === undefined ? {} : { hint: command.slice(0, 400) };
}

/** Writes the input. Its own errors count; that git did not want all of it does not. */
async function feed(
  stdin: NodeJS.WritableStream | null,
  input: GitOptions["input"],
  stop: () => void,
): Promise<void> {
  if (stdin === null || input === undefined) return;
  let failure: unknown;
  const watched = async function* () {
    try {
      yield* input;
    } catch (error) {
      failure = error;
      stop();
    }
  };
  // Between the two, so that a stream which throws its own end into what it reads from, as from
  // Node 22 on, does not throw it into the input.
  const handedOn = async function* () {
    for await (const bytes of watched()) yield bytes;
  };
  await pipeline(Readable.from(handedOn()), stdin).catch(() => {});
  if (failure !== undefined) throw failure;
}

/**
 * What git writes, as text byte for byte (latin1).
 *
 * @throws StampmillError `git` as `streamGit` does, and for more than `longest` bytes
 */
export async function readGit(
  args: readonly string[],
  longest: number,
  options?: GitOptions,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of streamGit(args, options)) {
    size += chunk.length;
    if (size > longest) {
      throw new StampmillError("git", `git ${args[0]} wrote more than ${longest} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("latin1");
}
