import type { MintedStamp, MintOptions } from "../../stamp/mint.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request } from "./options.ts";

const REDRAWN_EVERY = 100;

/** What `-P` and `-v` tell of a search. */
export interface Watch {
  readonly onSearch: MintOptions["onSearch"];
  tellResult(minted: MintedStamp): void;
  end(): void;
}

/** Watches a search for a stamp of so many bits. */
export function watchSearch(
  bits: number,
  { progress, verbose, quiet }: Request,
  voice: Voice,
  io: HashcashIo,
): Watch {
  const expected = 2 ** bits;
  let timer: NodeJS.Timeout | undefined;
  let begun = false;
  const end = () => {
    clearInterval(timer);
    if (timer !== undefined) io.err("\n");
    timer = undefined;
  };
  const onSearch: Watch["onSearch"] = ({ tried }) => {
    if (verbose && !begun) {
      voice.tell(`mint: ${bits} bit partial hash preimage`);
      voice.tell(`expected: ${expected} tries (= 2^${bits} tries)`);
    }
    begun = true;
    if (!progress || quiet) return;
    clearInterval(timer);
    const draw = () => {
      const percent = Math.floor((100 * tried()) / expected);
      io.err(`percent: ${tried()}/${expected} = ${percent}% [${bits} bits]\r`);
    };
    draw();
    timer = setInterval(draw, REDRAWN_EVERY);
  };
  const tellResult = ({ tries, seconds }: MintedStamp) => {
    if (!verbose) return;
    voice.tell(`tries: ${tries} ${Math.floor((100 * tries) / expected)}% of expected`);
    voice.tell(`time: ${Math.floor(seconds)} seconds`);
  };
  return { onSearch, tellResult, end };
}
