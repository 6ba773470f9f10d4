// The library in dist/, for `import` and for `require`. What runs is CommonJS in both cases, and what
// `import` finds only hands it on: so whoever loads it both ways has one StampmillError and one engine.
// Types likewise: the declarations are .d.cts, and those for `import` hand them on.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";

const TYPES = "tsconfig.types.json";

/** Each is a door of the package: a line there and an entry of "exports" in package.json. */
const doorsIn = (root) => JSON.parse(readFileSync(join(root, TYPES), "utf8")).files;

/** `src/gate/index.ts` is the door `gate`; any other file has the name of its door. */
const nameOf = (door) => {
  const room = dirname(door);
  return basename(door) === "index.ts" && room !== "src" ? basename(room) : basename(door, ".ts");
};

/** Bundles all doors, which share what they have in common; returns what esbuild returns. */
export async function buildLibrary(esbuild, { root, dist, ...common }) {
  const entryPoints = Object.fromEntries(doorsIn(root).map((door) => [nameOf(door), door]));
  const result = await esbuild.build({
    ...common,
    entryPoints,
    format: "esm",
    splitting: true, // which esbuild can do with ES modules alone, hence the second step
    outExtension: { ".js": ".cjs" },
  });
  for (const [path, { exports, entryPoint }] of Object.entries(result.metafile.outputs)) {
    const file = join(root, path);
    writeFileSync(file, await asCommonJs(esbuild, common, readFileSync(file, "utf8")));
    // What is imported lazily is an entry, too.
    if (Object.values(entryPoints).includes(entryPoint)) handOn(dist, nameOf(entryPoint), exports);
  }
  checkExports(root, dist);
  return result;
}

async function asCommonJs(esbuild, { target, charset, platform, minifyWhitespace }, source) {
  const { code } = await esbuild.transform(source, {
    ...{ target, charset, platform, minifyWhitespace },
    format: "cjs",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
    banner: '"use strict";const moduleUrl = require("node:url").pathToFileURL(__filename).href;',
  });
  return code;
}

/**
 * What `import` finds. By way of a third file, since Node looks for the exports of CommonJS that is
 * imported directly, character by character: 50 ms for all of the library.
 */
function handOn(dist, name, exports) {
  writeFileSync(join(dist, `${name}.import.cjs`), `exports.library = require("./${name}.cjs");\n`);
  const names = `export const {${exports.join(",")}} = library;\n`;
  writeFileSync(
    join(dist, `${name}.js`),
    `import { library } from "./${name}.import.cjs";\n${names}`,
  );
}

/** That package.json leads to all that was built, and to nothing else. */
function checkExports(root, dist) {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const led = Object.values(exports).flatMap((door) => door.require?.default ?? []);
  const built = doorsIn(root).map((door) => `./${relative(root, dist)}/${nameOf(door)}.cjs`);
  if (led.sort().join() === built.sort().join()) return;
  throw new Error(`"exports" in package.json lead to ${led}, and ${TYPES} to ${built}`);
}

export function buildDeclarations(root, dist) {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(typescript, "..", "bin", "tsc");
  const args = [tsc, "--project", join(root, TYPES)];
  execFileSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
  const folder = join(dist, "types");
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(folder, name);
    const text = readFileSync(file, "utf8").replaceAll(
      /(?<=")(\.\.?\/[^"\n]+)\.ts(?=")/g,
      "$1.cjs",
    );
    writeFileSync(file, text);
    renameSync(file, file.replace(/\.d\.ts$/, ".d.cts"));
  }
  for (const door of doorsIn(root)) {
    const file = join(folder, relative("src", door)).replace(/\.ts$/, ".d.ts");
    writeFileSync(file, `export * from "./${basename(door, ".ts")}.cjs";\n`);
  }
}
