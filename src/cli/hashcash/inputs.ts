import { MAX_MAIL_STAMPS, readMailStamps } from "../../sources/mail.ts";
import { scanStamps } from "../../sources/scan.ts";
import { trimBlanks } from "../../sources/stamp-lines.ts";
import { MAX_RESOURCE_LENGTH } from "../../stamp/resource.ts";
import { MAX_STAMP_LENGTH } from "../../stamp/stamp.ts";
import { StampmillError } from "../../text/errors.ts";
import { readLines } from "../../text/lines.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request } from "./options.ts";

/** The stamps among the arguments. */
export function argumentStamps({ words }: Request): string[] {
  return words.filter(({ named }) => !named).map(({ text }) => text);
}

/** Stamps from standard input: a mail's headers, or lines if there are no arguments. */
export async function* inputStamps(
  request: Request,
  io: HashcashIo,
  voice: Voice,
): AsyncGenerator<string> {
  if (request.header) yield* stampsOfMail(request, io, voice);
  else if (argumentStamps(request).length === 0) {
    prompt("enter stamps to check one per line:", io, voice);
    yield* lines(io, MAX_STAMP_LENGTH);
  }
}

async function* stampsOfMail(
  { body, informs }: Request,
  io: HashcashIo,
  voice: Voice,
): AsyncGenerator<string> {
  prompt("enter email headers:", io, voice);
  let found = 0;
  const input = keptOpen(io.stdin());
  try {
    const stamps = body ? textStamps(input) : readMailStamps(input);
    for await (const stamp of stamps) {
      found++;
      yield stamp;
    }
  } catch (error) {
    if (!(error instanceof StampmillError) || error.parameter !== "mail") throw error;
    // Its sender chose it to be so: there is no stamp behind this that could be let in.
    voice.tell(`warning: ${error.message}`);
    for await (const _ of input);
  }
  if (found === 0 && !informs) {
    voice.tell("warning: no line matching X-Hashcash: found in input");
  }
}

/** As `readMailStamps`, for the body too. */
async function* textStamps(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let found = 0;
  for await (const stamps of scanStamps(input)) {
    for (const { stamp } of stamps) {
      if (++found > MAX_MAIL_STAMPS) {
        const message = `the mail carries more than ${MAX_MAIL_STAMPS} stamps`;
        throw new StampmillError("bad-input", message, { parameter: "mail" });
      }
      yield stamp;
    }
  }
}

/** Resources to mint for, one a line. */
export async function* resourceLines(io: HashcashIo, voice: Voice): AsyncGenerator<string> {
  prompt("enter resources to mint stamps for one per line:", io, voice);
  yield* lines(io, MAX_RESOURCE_LENGTH);
}

/** Lines without the blanks around them, and without those that are empty. */
async function* lines(io: HashcashIo, longest: number): AsyncGenerator<string> {
  for await (const chunk of readLines(io.stdin(), longest)) {
    for (const line of chunk) {
      const text = trimBlanks(line);
      if (text !== "") yield text;
    }
  }
}

function prompt(text: string, io: HashcashIo, voice: Voice): void {
  if (io.stdinIsTerminal()) voice.tell(text);
}

/** Input that stays open when its reader stops: a mail system wants its mail to be read to the end. */
function keptOpen(input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = input[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}
