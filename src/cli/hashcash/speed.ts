import { UNNAMED_ALGORITHM } from "../../engine/algorithms.ts";
import { measureRate } from "../../hardware/measure.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request } from "./options.ts";

/** How long the search is measured, in seconds. */
const SECONDS = 0.3;

/**
 * Tells how many hashes a second minting tries, with all threads, or with `-b` how many seconds a
 * stamp takes on average.
 *
 * @throws StampmillError `engine`
 */
export async function runSpeed(
  { settings, counts, layout }: Request,
  io: HashcashIo,
  voice: Voice,
): Promise<void> {
  const { rate, kernel, threads } = await measureRate({
    algorithm: UNNAMED_ALGORITHM,
    seconds: SECONDS,
    layout,
  });
  if (counts.b === 0) {
    voice.tell(`core: ${kernel}, ${threads} ${threads === 1 ? "thread" : "threads"}`);
    voice.tell(`speed: ${Math.floor(rate)} preimage tests per second`);
    voice.tell(`compression: ${layout === "compact" ? 1 : 0}`);
  }
  if (counts.b > 0) {
    const seconds = (2 ** (settings.bits ?? 0) / rate).toFixed(0);
    voice.tell(`time estimate: ${seconds} seconds`);
    if (voice.bare) await io.out(`${seconds}\n`);
  } else if (voice.bare) await io.out(`${Math.floor(rate)}\n`);
}
