import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Who installed a package, and what has its install script run that was not. */
export interface Installer {
  readonly name: string;
  readonly command: string;
}

/** The first npm that asks for leave before it runs a dependency's install script. */
const ASKING_NPM = 12;

/**
 * What a package manager leaves in the folder that it has filled. Each command was tried with the manager
 * itself: npm 11 and 12, pnpm 10, Yarn 4 and bun 1.4.
 */
const TRACES: readonly (readonly [traces: readonly string[], installer: () => Installer])[] = [
  [
    ["node_modules/.modules.yaml"],
    () => ({ name: "pnpm", command: "pnpm approve-builds (and choose stampmill)" }),
  ],
  [
    ["node_modules/.yarn-state.yml", ".pnp.cjs"],
    () => ({
      name: "Yarn",
      command: "npm pkg set --json dependenciesMeta.stampmill.built=true && yarn rebuild stampmill",
    }),
  ],
  [
    ["node_modules/.package-lock.json"],
    () => ({
      name: "npm",
      command:
        npmMajor() >= ASKING_NPM
          ? "npm install-scripts approve stampmill && npm rebuild stampmill"
          : "npm rebuild stampmill --ignore-scripts=false",
    }),
  ],
  [["bun.lock", "bun.lockb"], () => ({ name: "bun", command: "bun pm trust stampmill" })],
];

/**
 * Who installed the package in this folder; null if it cannot be told, or nobody did, as in a clone.
 *
 * @param root the package's folder, without symbolic links
 */
export function installerOf(root: string): Installer | null {
  // npx keeps what it installs for itself, and nobody's package.json can allow anything there.
  if (root.includes(`${sep}_npx${sep}`)) return null;
  const inside = root.split(sep).some((name) => name === "node_modules" || name === ".yarn");
  if (!inside) return null;
  if (isGlobal(root)) return globalNpm();
  for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder)) {
    const found = TRACES.find(([traces]) => traces.some((file) => existsSync(join(folder, file))));
    if (found !== undefined) return found[1]();
  }
  return null;
}

function isGlobal(root: string): boolean {
  const modules = dirname(root);
  if (!modules.endsWith(join("lib", "node_modules"))) return false;
  return !existsSync(join(modules, "..", "package.json"));
}

function globalNpm(): Installer {
  const command =
    npmMajor() >= ASKING_NPM
      ? "npm install -g --allow-scripts=stampmill stampmill"
      : "npm rebuild -g stampmill --ignore-scripts=false";
  return { name: "npm", command };
}

/** The version of the npm that runs this, or else of the one that came with this Node; 0 if neither. */
function npmMajor(): number {
  const [, running] = /^npm\/(\d+)\./.exec(process.env.npm_config_user_agent ?? "") ?? [];
  if (running !== undefined) return Number(running);
  try {
    const file = join(dirname(process.execPath), "../lib/node_modules/npm/package.json");
    return Number.parseInt(JSON.parse(readFileSync(file, "utf8")).version, 10) || 0;
  } catch {
    return 0;
  }
}
