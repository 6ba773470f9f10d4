import type { Command } from "commander";
import { actionGroup } from "../terminal/action-group.ts";
import { explainCommand } from "./explain.ts";
import { simulateCommand } from "./simulate.ts";

const DETAILS = `
A post costs more bits the more its poster has posted of late, and gets cheaper
again with time. docs/price.md has the formula and worked examples.

Exit codes: 0 shown; 2 wrong usage or input; 3 the store, reading or writing
failed.

Examples:
  stampmill price simulate
  stampmill price simulate --rate 100/m --power 250M
  stampmill price explain --store gate.db --resource forum --poster alice`;

/** `stampmill price`. */
export function priceCommand(): Command {
  return actionGroup("price", [simulateCommand(), explainCommand()], {
    description: "Look at what posts cost, and why.",
    usage: "[options]",
    details: DETAILS,
  });
}
