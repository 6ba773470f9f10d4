import { Command } from "commander";

/** For the list of commands: `hashcash` itself is run without it. */
export function hashcashCommand(): Command {
  return new Command("hashcash")
    .description("In place of hashcash(1): takes its options, see stampmill hashcash -h.")
    .helpOption(false);
}
