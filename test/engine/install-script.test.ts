import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { installerOf } from "../../src/engine/install-script.ts";

// Which manager has installed the package, by what it leaves; test/slow/managers.test.ts tries the managers.

const folder = realpathSync(mkdtempSync(join(tmpdir(), "stampmill-installer-")));
after(() => rmSync(folder, { recursive: true, force: true }));

const PACKAGE = "node_modules/stampmill";
const PNPM = "node_modules/.pnpm/stampmill@1.0.0/node_modules/stampmill";
const UNPLUGGED = ".yarn/unplugged/stampmill-npm-1.0.0-abc/node_modules/stampmill";

const CASES: [
  what: string,
  traces: string[],
  place: string,
  agent: string,
  command: RegExp | null,
][] = [
  ["pnpm", ["node_modules/.modules.yaml"], PNPM, "", /^pnpm approve-builds /],
  [
    "Yarn with node_modules",
    ["node_modules/.yarn-state.yml"],
    PACKAGE,
    "",
    /yarn rebuild stampmill$/,
  ],
  ["Yarn with PnP", [".pnp.cjs"], UNPLUGGED, "", /dependenciesMeta\.stampmill\.built=true && yarn/],
  ["bun", ["bun.lock"], PACKAGE, "", /^bun pm trust stampmill$/],
  ["an older bun", ["bun.lockb"], PACKAGE, "", /^bun pm trust stampmill$/],
  [
    "npm 11",
    ["node_modules/.package-lock.json"],
    PACKAGE,
    "npm/11.19.1 node/v20",
    /^npm rebuild stampmill /,
  ],
  [
    "npm 12",
    ["node_modules/.package-lock.json"],
    PACKAGE,
    "npm/12.2.2 node/v24",
    /^npm install-scripts approve/,
  ],
  ["a workspace", ["bun.lock"], `packages/web/${PACKAGE}`, "", /^bun pm trust/],
  ["npm 11, for all", [], `lib/${PACKAGE}`, "npm/11.19.1", /^npm rebuild -g stampmill/],
  [
    "npm 12, for all",
    ["lib/node_modules/.package-lock.json"],
    `lib/${PACKAGE}`,
    "npm/12.0.0",
    /^npm install -g --allow/,
  ],
  ["a project in a folder lib", ["lib/package.json", "lib/bun.lock"], `lib/${PACKAGE}`, "", /^bun/],
  ["npx", ["_npx/1/node_modules/.package-lock.json"], `_npx/1/${PACKAGE}`, "npm/12.0.0", null],
  ["nobody, in a clone", ["node_modules/.package-lock.json"], ".", "npm/11.0.0", null],
  ["an unknown manager", ["package.json"], PACKAGE, "", null],
];

for (const [what, traces, place, agent, command] of CASES) {
  test(`installed by ${what}`, () => {
    const project = mkdtempSync(join(folder, "project-"));
    for (const trace of traces) {
      mkdirSync(dirname(join(project, trace)), { recursive: true });
      writeFileSync(join(project, trace), "");
    }
    const root = join(project, place);
    mkdirSync(root, { recursive: true });
    const { npm_config_user_agent: before } = process.env;
    process.env.npm_config_user_agent = agent;
    try {
      const found = installerOf(root)?.command ?? null;
      if (command === null) assert.equal(found, null);
      else assert.match(found ?? "none", command);
    } finally {
      if (before === undefined) delete process.env.npm_config_user_agent;
      else process.env.npm_config_user_agent = before;
    }
  });
}
