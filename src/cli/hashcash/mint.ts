import { randomInt } from "node:crypto";
import { foldHeader } from "../../sources/mail-header.ts";
import { checkExt } from "../../stamp/ext.ts";
import { DEFAULT_BITS, type MintedStamp, mint } from "../../stamp/mint.ts";
import { checkResource } from "../../stamp/resource.ts";
import type { DateWidth } from "../../text/date.ts";
import { StampmillError } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { errorText } from "../terminal/output.ts";
import { resourceLines } from "./inputs.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request, Settings } from "./options.ts";
import { watchSearch } from "./progress.ts";
import { toLower } from "./resources.ts";

/** Below which `-e` asks for dates with seconds, and with minutes. */
const SECONDS_BELOW = 120_000;
const MINUTES_BELOW = 7_200_000;

/**
 * Mints a stamp for each argument and each `-r`, in their order, or for each line of standard input.
 *
 * @returns the exit code
 * @throws StampmillError before anything is minted, if an argument is no resource
 */
export async function runMint(
  request: Request,
  now: number,
  io: HashcashIo,
  voice: Voice,
): Promise<number> {
  checkExt(request.ext);
  if (request.words.length === 0) return mintForLines(request, now, io, voice);
  for (const { text } of request.words) checkResource(text);
  for (const { text, settings } of request.words) {
    await mintFor(text, settings, request, now, io, voice);
  }
  return EXIT.done;
}

async function mintForLines(
  request: Request,
  now: number,
  io: HashcashIo,
  voice: Voice,
): Promise<number> {
  let code: number = EXIT.done;
  for await (const line of resourceLines(io, voice)) {
    try {
      await mintFor(line, request.settings, request, now, io, voice);
    } catch (error) {
      if (!(error instanceof StampmillError) || error.parameter !== "resource") throw error;
      io.err(errorText(error.message, error.hint));
      code = EXIT.environment;
    }
  }
  return code;
}

async function mintFor(
  text: string,
  settings: Settings,
  request: Request,
  now: number,
  io: HashcashIo,
  voice: Voice,
): Promise<void> {
  const bits = settings.bits ?? DEFAULT_BITS;
  const watch = watchSearch(bits, request, voice, io);
  const minted = await mint({
    resource: settings.caseSensitive ? text : toLower(text),
    bits,
    ext: request.ext,
    date: new Date(now + randomOffset(settings.anonymise)),
    dateWidth: settings.width ?? widthFor(settings.expires),
    layout: request.layout,
    onSearch: watch.onSearch,
  }).finally(watch.end);
  watch.tellResult(minted);
  await io.out(`${inItsForm(minted, request, voice)}\n`);
}

function inItsForm({ stamp }: MintedStamp, { header }: Request, voice: Voice): string {
  if (header) return foldHeader("X-Hashcash", stamp);
  return voice.bare ? stamp : `hashcash stamp: ${stamp}`;
}

/** A random number of milliseconds, whole seconds, between 0 and the longest. */
function randomOffset(longest: number): number {
  const seconds = Math.floor(Math.abs(longest) / 1000);
  return Math.sign(longest) * 1000 * randomInt(seconds + 1);
}

function widthFor(expires: number | null): DateWidth {
  if (expires === null || expires === 0 || expires >= MINUTES_BELOW) return 6;
  return expires < SECONDS_BELOW ? 12 : 10;
}
