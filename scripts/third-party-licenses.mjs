import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The notices that must travel with a bundle made of `inputs` (paths relative to `root`): one
 * section for each package under node_modules that has a file among them.
 */
export function thirdPartyLicenses(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders]
    .sort()
    .map((folder) => section(root, join(root, folder)))
    .join(`\n${"-".repeat(80)}\n\n`);
}

function packageFolder(path) {
  return path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function section(root, folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = licenseFile(root, folder, name);
  if (!file) throw new Error(`${name} is bundled but has no licence file in ${folder}`);
  return `${name} ${version} (${license})\n\n${readFileSync(file, "utf8").trim()}\n`;
}

/** The package's own, or, where its authors leave it out of the package, the copy kept here. */
function licenseFile(root, folder, name) {
  const own = readdirSync(folder).find((entry) => /^licen[cs]e([.-]|$)/i.test(entry));
  if (own) return join(folder, own);
  const kept = join(root, "scripts/licenses", `${name.replace("/", "__")}.txt`);
  return existsSync(kept) ? kept : undefined;
}
