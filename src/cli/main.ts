import { Command, CommanderError } from "commander";
import { packageVersion } from "../text/package.ts";
import { EXIT } from "./terminal/exit.ts";
import { liveThrough } from "./terminal/lifetime.ts";
import { writeError, writeProduct } from "./terminal/output.ts";

/** Each command is loaded only when it is named, or when all are asked about. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  mint: async () => (await import("./mint/command.ts")).mintCommand(),
  verify: async () => (await import("./verify/command.ts")).verifyCommand(),
  inspect: async () => (await import("./inspect.ts")).inspectCommand(),
  calibrate: async () => (await import("./calibrate/command.ts")).calibrateCommand(),
  cost: async () => (await import("./cost.ts")).costCommand(),
  price: async () => (await import("./price/command.ts")).priceCommand(),
  spent: async () => (await import("./spent.ts")).spentCommand(),
  git: async () => (await import("./git/command.ts")).gitCommand(),
  identity: async () => (await import("./identity/command.ts")).identityCommand(),
  apple: async () => (await import("./systems/apple.ts")).appleCommand(),
  nostr: async () => (await import("./systems/nostr.ts")).nostrCommand(),
  bitcoin: async () => (await import("./systems/bitcoin.ts")).bitcoinCommand(),
  hashcash: async () => (await import("./hashcash/command.ts")).hashcashCommand(),
  serve: async () => (await import("./serve.ts")).serveCommand(),
  post: async () => (await import("./post.ts")).postCommand(),
  bench: async () => (await import("./bench/command.ts")).benchCommand(),
  kernels: async () => (await import("./kernels.ts")).kernelsCommand(),
};

/** The program with the command that is named, or with all of them. */
async function createProgram(
  named: string | undefined,
  writeOut: (text: string) => void,
): Promise<Command> {
  const program = new Command("stampmill")
    .description("Mint and verify proof-of-work stamps (hashcash).")
    .exitOverride()
    // Errors come back as exceptions and are written in our own form.
    .configureOutput({ writeOut, writeErr: () => {}, outputError: () => {} });
  if (named === undefined) program.version(packageVersion());
  const loaders = named === undefined ? Object.values(COMMANDS) : [COMMANDS[named]];
  for (const load of loaders) {
    const command = await load?.();
    if (command === undefined) continue;
    program.addCommand(command.copyInheritedSettings(program));
    for (const action of command.commands) action.copyInheritedSettings(command);
  }
  return program;
}

/**
 * Runs the command. Its action puts what it comes to into `process.exitCode`; until it has, and if
 * the event loop should run dry before, the command has failed.
 */
async function main(args: readonly string[]): Promise<void> {
  process.exitCode = EXIT.environment;
  const [first = ""] = args;
  // Its options are not read as all others are.
  if (first === "hashcash") return (await import("./hashcash/entry.ts")).hashcash(args.slice(1));
  const named = Object.hasOwn(COMMANDS, first) ? first : undefined;
  let help = "";
  try {
    const program = await createProgram(named, (text) => {
      help += text;
    });
    if (args.length === 0) program.error("no command is given");
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) return reportUsage(error, named);
    await writeProduct(help);
    process.exitCode = EXIT.done;
  }
}

function reportUsage(error: CommanderError, named: string | undefined): void {
  process.exitCode = EXIT.usage;
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const see = named === undefined ? "see stampmill --help" : `see stampmill ${named} --help`;
  const meant = suggestion?.replace(/^\(Did you mean (.*)\?\)$/, "did you mean $1?");
  writeError(message, meant === undefined ? see : `${meant} ${see}`);
}

liveThrough(() => main(process.argv.slice(2)));
