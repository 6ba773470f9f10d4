import { Command } from "commander";
import { StampmillError } from "../../text/errors.ts";

/** A command that does nothing by itself, and its actions: one of them must be named. */
export function actionGroup(
  name: string,
  actions: readonly Command[],
  { description, usage, details }: { description: string; usage: string; details: string },
): Command {
  const names = actions.map((action) => action.name());
  const choice = [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" or ");
  const group = new Command(name)
    .description(description)
    .usage(`${names.join("|")} ${usage}`)
    .addHelpText("after", details)
    // What is no action comes here, whatever stands after it.
    .argument("[action...]")
    .allowUnknownOption()
    .action(([given]: string[]) => {
      const problem =
        given === undefined ? "say what to do" : `${JSON.stringify(given)} is no action`;
      throw new StampmillError("bad-input", `${problem}: ${choice}`);
    });
  for (const action of actions) group.addCommand(action);
  return group;
}
