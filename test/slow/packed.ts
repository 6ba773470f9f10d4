import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };

// The package, packed, for the tests of the file that imports this, and a folder to install it in with an
// empty HOME; both go with it.

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const scratch = realpathSync(mkdtempSync(join(tmpdir(), "stampmill-package-")));
export const tarball = join(scratch, `stampmill-${packageJson.version}.tgz`);

/** PATH without what npm run puts in front: what the project has must not help. */
export const fullPath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((entry) => !entry.includes("node_modules"))
  .join(delimiter);

const npmCache = spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).stdout.trim();

export interface Setting {
  readonly cwd: string;
  readonly path?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

export function run(program: string, args: readonly string[], setting: Setting) {
  const { cwd, path = fullPath } = setting;
  const env: NodeJS.ProcessEnv = { HOME: join(scratch, "home"), npm_config_cache: npmCache };
  env.npm_config_update_notifier = "false";
  // Whom this machine trusts to be the registry.
  env.NODE_EXTRA_CA_CERTS = process.env.NODE_EXTRA_CA_CERTS;
  env.PATH = path;
  const options = { cwd, env: { ...env, ...setting.env }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}

export function succeed(program: string, args: readonly string[], setting: Setting) {
  const result = run(program, args, setting);
  assert.equal(result.status, 0, `${program} ${args.join(" ")}\n${result.stdout}${result.stderr}`);
  return result;
}

before(() => {
  mkdirSync(join(scratch, "home"));
  succeed("npm", ["pack", "--json", "--pack-destination", scratch], { cwd: root });
});
after(() => rmSync(scratch, { recursive: true, force: true }));
