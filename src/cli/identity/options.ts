import type { Command } from "commander";
import { DEFAULT_CONFIDENCE } from "../../identity/sketch/estimate.ts";
import { checkWork } from "../../stamp/work.ts";
import { badInput } from "../../text/errors.ts";
import { decimal, once } from "../terminal/options.ts";

/** Work in bits, written `40`, `40.5` or `2^40`. */
export function workOption(flag: string): (text: string) => number {
  return once(flag, (text) => {
    const [, bits] = /^(?:2\^)?(\d{1,3}(?:\.\d{1,15})?)$/.exec(text) ?? [];
    if (bits !== undefined) return checkWork(Number(bits));
    const example = "2^40 or 40, which both mean 2^40 hashes";
    throw badInput(flag, `${flag} must be work such as ${example}, not ${JSON.stringify(text)}`);
  });
}

/** Adds --confidence. */
export function withConfidence(command: Command): Command {
  return command.option(
    "--confidence <share>",
    "how certain the lower bound is, 0.5 to 0.999999",
    decimal("--confidence"),
    DEFAULT_CONFIDENCE,
  );
}
