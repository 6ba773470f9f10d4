import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The notices that must travel with a bundle made of `inputs` (paths relative to `root`): one
 * section for each package under node_modules that has a file among them.
 */
export function thirdPartyLicenses(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders]
    .sort()
    .map((folder) => section(join(root, folder)))
    .join(`\n${"-".repeat(80)}\n\n`);
}

function packageFolder(path) {
  return path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function section(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e([.-]|$)/i.test(entry));
  if (!file) throw new Error(`${name} is bundled but has no licence file in ${folder}`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
