import type { SpentStore } from "../../store/store.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { errorText } from "../terminal/output.ts";
import { checkOrder, runCheck } from "./check.ts";
import { openDatabase } from "./database.ts";
import { type HashcashIo, type Voice, voiceOf } from "./io.ts";
import { runMint } from "./mint.ts";
import { Request, readOptions } from "./options.ts";
import { readClock } from "./periods.ts";
import { runSpeed } from "./speed.ts";
import { USAGE } from "./usage.ts";

/** The version of hashcash(1) that this is like, for callers that ask. */
const LIKE_VERSION = "1.22";

/** Wrong usage, whatever failed, and help: hashcash(1) has one code for them. */
const FAILED = EXIT.environment;

/**
 * Runs a command line of hashcash(1), and returns its exit code. Errors of ours are reported, `-q`
 * or not, and end in 3.
 *
 * @throws whatever is not a StampmillError
 */
export async function runHashcash(args: readonly string[], io: HashcashIo): Promise<number> {
  const request = new Request();
  try {
    const problem = readAll(request, args);
    const voice = voiceOf(io, request.quiet);
    if (request.version) await tellVersion(io, voice);
    if (problem !== null) throw problem;
    if (request.version && asksNothing(request)) return FAILED;
    if (request.help) {
      io.err(USAGE);
      return FAILED;
    }
    if (asksVersion(request)) {
      await tellVersion(io, voice);
      return EXIT.rejected;
    }
    return await run(request, io, voice);
  } catch (error) {
    if (!(error instanceof StampmillError)) throw error;
    io.err(errorText(error.message, error.hint));
    return FAILED;
  }
}

/** Reads the options, and returns what is wrong with them: a `-V` before it still counts. */
function readAll(request: Request, args: readonly string[]): StampmillError | null {
  try {
    readOptions(request, args);
    return null;
  } catch (error) {
    if (error instanceof StampmillError) return error;
    throw error;
  }
}

async function run(request: Request, io: HashcashIo, voice: Voice): Promise<number> {
  checkModes(request);
  if (isCheck(request)) checkOrder(request);
  const present = io.now();
  const { clock, utc } = request;
  const now = clock === null ? present : readClock(clock, utc, present);
  let store: SpentStore | null | undefined;
  const open = async () => {
    if (store === undefined) store = await openDatabase(request.file, voice);
    return store;
  };
  try {
    if (request.purge) await runPurge(await open(), now, request, voice);
    if (request.speed && !asksOfStamps(request)) await runSpeed(request, io, voice);
    if (request.mint) return await runMint(request, now, io, voice);
    if (!isCheck(request)) return EXIT.done;
    return await runCheck(request, open, now, io, voice);
  } finally {
    await store?.close();
  }
}

/** Removes what expired for every caller so far: nothing else, or it could be spent again. */
async function runPurge(
  store: SpentStore | null,
  now: number,
  { verbose, purgeAll }: Request,
  voice: Voice,
): Promise<void> {
  if (store === null) return;
  await store.purge({ now });
  if (verbose) voice.tell("purging database: ...done");
  if (purgeAll) voice.tell("warning: stamps that could still be accepted are kept in spite of -k");
}

/** Whether anything but minting or speed is asked for that stamps are needed for. */
function asksOfStamps({ check, database, informs }: Request): boolean {
  return check || database || informs;
}

function isCheck(request: Request): boolean {
  if (request.mint) return false;
  if (asksOfStamps(request)) return true;
  return !request.speed && request.counts.b + request.counts.r > 0;
}

function checkModes(request: Request): void {
  const { mint, check, informs } = request;
  if (mint && check) throw badInput("-m", "give -m or -c, not both");
  if (mint && informs) throw badInput("-m", "-n, -w and -l cannot be used with -m");
  if (!asksNothing(request)) return;
  throw badInput(
    "-m",
    "say what to do: one of -m -c -d -n -l -w -b -r -p -s",
    "see stampmill hashcash -h",
  );
}

function asksNothing(request: Request): boolean {
  const { mint, speed, purge } = request;
  return !mint && !speed && !purge && !isCheck(request);
}

/** `-v` by itself. */
function asksVersion(request: Request): boolean {
  return request.verbose && request.words.length === 0 && asksNothing(request);
}

async function tellVersion(io: HashcashIo, voice: Voice): Promise<void> {
  voice.tell(`Version: hashcash-${LIKE_VERSION} (stampmill)`);
  if (voice.bare) await io.out(`${LIKE_VERSION}\n`);
}
