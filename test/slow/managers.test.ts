import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { run, type Setting, scratch, succeed, tarball } from "./packed.ts";

// Package managers that do not run a dependency's install script: what minting says then is the case, and
// the command that it names has the script run. That it ran is seen by what it writes down: for it is told
// to build nothing, which would take half a minute each.

const SCRIPT = { STAMPMILL_SKIP_ENGINE: "1" };

interface Manager {
  readonly name: string;
  /** The command, by npx. */
  readonly program: readonly string[];
  readonly install: readonly string[];
  /** Files of the project. */
  readonly files?: Record<string, string>;
  /** What stands for the manager's name in the command that is named. */
  readonly called: string;
  readonly said: RegExp;
  /** Starts Node so that it finds the package. */
  readonly node?: readonly string[];
  /** What takes the place of a question at the terminal. */
  readonly answered?: (command: string) => string;
}

const MANAGERS: readonly Manager[] = [
  {
    name: "npm 11, told to run no scripts",
    program: ["npm@11"],
    install: ["install", tarball],
    files: { ".npmrc": "ignore-scripts=true\n" },
    called: "npm",
    said: /: npm did not run .*\n.*: npm rebuild stampmill --ignore-scripts=false; or/,
  },
  {
    name: "npm 12",
    program: ["npm@12"],
    install: ["install", tarball],
    called: "npm",
    said: /: npm did not run .*\n.*: npm install-scripts approve stampmill && npm rebuild stampmill; or/,
  },
  {
    name: "pnpm 10",
    program: ["pnpm@10"],
    install: ["add", tarball],
    called: "pnpm",
    said: /: pnpm did not run .*\n.*: pnpm approve-builds \(and choose stampmill\); or/,
    answered: (command) => command.replace(" (and choose stampmill)", " --all"),
  },
  {
    name: "bun",
    program: ["bun@1"],
    install: ["add", tarball],
    called: "bun",
    said: /: bun did not run .*\n.*: bun pm trust stampmill; or/,
  },
  {
    name: "Yarn 4, with node_modules",
    program: ["@yarnpkg/cli-dist@4"],
    install: ["add", `stampmill@file:${tarball}`],
    files: { "yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\n" },
    called: "yarn",
    said: /: Yarn did not run .*\n.*dependenciesMeta\.stampmill\.built=true && yarn rebuild stampmill; or/,
  },
  {
    name: "Yarn 4, with PnP",
    program: ["@yarnpkg/cli-dist@4"],
    install: ["add", `stampmill@file:${tarball}`],
    files: { "yarn.lock": "" },
    called: "yarn",
    said: /: Yarn did not run .*\n.*dependenciesMeta\.stampmill\.built=true && yarn rebuild stampmill; or/,
    node: ["npx", "--yes", "@yarnpkg/cli-dist@4", "node"],
  },
];

// A kernel of the addon, for WebAssembly mints without it.
const MINT = `require("stampmill").mint({ resource: "x", bits: 4, kernel: "scalar" }).then(
  ({ stamp }) => console.log(stamp),
  ({ code, message, hint }) => console.log(code + ": " + message + "\\n" + hint),
);`;

/** What minting comes to, asked in the way of those who use this manager. */
function minted({ program, node = ["node"] }: Manager, setting: Setting): string {
  const [first = "", ...rest] = node;
  const version = /^npm@(\d+)$/.exec(program[0] ?? "")?.[1];
  // As npm sets it for npx and for scripts.
  const env = version === undefined ? {} : { npm_config_user_agent: `npm/${version}.0.0 node/v20` };
  return succeed(first, [...rest, "mint.cjs"], { ...setting, env }).stdout;
}

describe("installed by a manager that runs no install script", () => {
  for (const manager of MANAGERS) {
    it(manager.name, (t) => {
      const cwd = join(scratch, manager.name.replaceAll(/\W+/g, "-"));
      mkdirSync(cwd);
      const files = { "package.json": '{ "private": true }', "mint.cjs": MINT, ...manager.files };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
      const setting = { cwd, env: SCRIPT };
      const npx = ["--yes", ...manager.program];
      const version = run("npx", [...npx, "--version"], setting);
      if (version.status !== 0 && !process.env.CI) return t.skip(`no npx: ${version.stderr}`);
      succeed("npx", [...npx, ...manager.install], setting);

      const told = minted(manager, setting);
      assert.match(told, /^engine: the native engine is not built: /);
      assert.match(told, manager.said);
      const [, named = ""] = /^run: (.+); or, if that does nothing: node .+$/m.exec(told) ?? [];
      for (const part of (manager.answered?.(named) ?? named).split(" && ")) {
        const [called, ...args] = part.split(" ");
        const own = called === manager.called;
        succeed(own ? "npx" : (called ?? ""), own ? [...npx, ...args] : args, setting);
      }
      assert.match(minted(manager, setting), /STAMPMILL_SKIP_ENGINE=1 was set\n/);
    });
  }
});
