import { realpathSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { resolve } from "node:path";
import { openStore } from "../../store/open.ts";
import type { SpentStore } from "../../store/store.ts";
import { takeOver } from "../../store/transfer/take-over.ts";
import { badInput } from "../../text/errors.ts";
import { toPrintable } from "../terminal/output.ts";
import type { Voice } from "./io.ts";

/** Damaged lines that are told of one by one. */
const MOST_TOLD = 10;

/**
 * Opens the store that `-f` names, or a Redis server; a text database of hashcash(1) is taken over
 * first. Null is what keeps nothing: /dev/null, whatever it is called.
 *
 * @throws StampmillError `store`, `bad-input`
 */
export async function openDatabase(name: string, voice: Voice): Promise<SpentStore | null> {
  if (/^rediss?:\/\//.test(name)) return openStore(name);
  // Bytes that are no UTF-8 come as this from Node: several names as one.
  if (name === "" || name.includes("\ufffd")) {
    throw badInput("-f", "-f must be the name of a file, in UTF-8, or a URL redis://HOST");
  }
  const file = followLinks(name);
  if (keepsNothing(file)) return null;
  await takeOverText(file, voice);
  return openStore(`sqlite:${file}`);
}

/** Whether a file is the device that whoever names it means to keep nothing in. */
function keepsNothing(file: string): boolean {
  const [named, device] = [file, devNull].map((path) => statSync(path, { throwIfNoEntry: false }));
  const both = named?.isCharacterDevice() && device?.isCharacterDevice();
  return both === true && named?.rdev === device?.rdev;
}

/** Where a link leads to, so that the file there is replaced, and not the link. */
function followLinks(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    // Not there yet, or not to be reached: opening it will tell.
    return resolve(name);
  }
}

async function takeOverText(file: string, voice: Voice): Promise<void> {
  const shown = toPrintable(file);
  let damaged = 0;
  const report = await takeOver(file, {
    onDamage: (line, problem) => {
      if (damaged++ < MOST_TOLD) voice.tell(`warning: ${shown}, line ${line}: ${problem}`);
    },
  });
  if (report === null) return;
  if (damaged > MOST_TOLD) voice.tell(`warning: ${damaged - MOST_TOLD} more lines are damaged`);
  voice.tell(
    `database: ${report.stamps} spent stamps taken over; the text is kept as ${toPrintable(report.kept)}`,
  );
}
