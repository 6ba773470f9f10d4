import type { Command } from "commander";
import { actionGroup } from "../terminal/action-group.ts";
import { mergeCommand } from "./merge.ts";
import { challengeCommand, checkProofCommand, proveCommand } from "./prove.ts";
import { scoreCommand } from "./score.ts";
import { showCommand } from "./show.ts";
import { verifyCommand } from "./verify.ts";
import { workCommand } from "./work.ts";

const DETAILS = `
An identity is worth the work that stands behind it. Work on it as long and as often
as you like, on as many machines as you like: of all hashes the smallest are kept, in
a file of one line, and they tell how many there were.

Exit codes: 0 done, or valid; 1 rejected; 2 wrong usage or input; 3 the engine,
reading or writing failed.

Examples:
  stampmill identity work --id alice@example.org --for 10m alice.sketch
  stampmill identity show alice.sketch
  stampmill identity merge alice.1 alice.2 -o alice.sketch
  stampmill identity verify alice.sketch --at-least 2^38
  stampmill identity score --policy policy.json *.sketch
  stampmill identity prove --key ~/.ssh/id_ed25519 --challenge "$c" me.sketch`;

/** `stampmill identity`. */
export function identityCommand(): Command {
  const work = [workCommand(), showCommand(), verifyCommand(), mergeCommand()];
  const owner = [challengeCommand(), proveCommand(), checkProofCommand()];
  return actionGroup("identity", [...work, scoreCommand(), ...owner], {
    description: "Put work behind an identity, and judge it.",
    usage: "[options] FILE...",
    details: DETAILS,
  });
}
