// Bundles the command and the library into dist/, with type declarations and the licences of what
// was bundled. npm runs this as `prepare`: after `npm ci` in a clone, and before packing.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDeclarations, buildLibrary } from "./build-library.mjs";
import { thirdPartyLicenses } from "./third-party-licenses.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

async function loadEsbuild() {
  try {
    return await import("esbuild");
  } catch {
    process.stderr.write("stampmill: dist/ not built: needs the development dependencies");
    process.stderr.write(" (npm ci --include=dev)\n");
    process.exit(1);
  }
}

const esbuild = await loadEsbuild();
const { dependencies } = createRequire(import.meta.url)("../package.json");

/** What the Redis client loads for features that are not used here, and does without. */
const ABSENT = ["@node-rs/xxhash", "@opentelemetry/api"];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.17",
  charset: "ascii", // see start.cts
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  outdir: dist,
  // What is installed along is not bundled: it may be native.
  external: [...Object.keys(dependencies), ...ABSENT],
  // Flat, so that a path relative to the module is the same in src/ and in any chunk of dist/.
  chunkNames: "chunk-[hash]",
};

// commander loads node:child_process at its start, for a feature that is not used here: 2.5 ms.
const lazyChildProcess = {
  name: "lazy-child-process",
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/")
        ? { path: "child_process", namespace: "lazy" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: `exports.spawn = (...args) => require("child_process").spawn(...args);`,
    }));
  },
};

/**
 * A package that is imported lazily becomes a file of its own. The command's own modules stay
 * together: one file of 100 kB is read sooner than ten of 10 kB.
 */
function lazyPackages(found) {
  return {
    name: "lazy-packages",
    setup(build) {
      build.onResolve({ filter: /^[^.]/ }, ({ kind, path }) => {
        if (kind !== "dynamic-import" || isBuiltin(path)) return undefined;
        if (common.external.includes(path)) return undefined;
        const file = `lazy-${path.replace(/^@/, "").replaceAll(/\W+/g, "-")}`;
        found.set(file, path);
        return { path: `./${file}.cjs`, external: true };
      });
    },
  };
}

/**
 * Leaves out all commands but one, and what that one loads by itself only when it is asked for (mint:
 * --time, see bundleFor in start.cts): it would cost its every start.
 */
function onlyCommand(name) {
  const own = `./${name}/command.ts`;
  const importers = new RegExp(`/src/cli/(main|${name}/command)\\.ts$`);
  return {
    name: "only-command",
    setup(build) {
      build.onResolve({ filter: /^\.\// }, ({ importer, kind, path }) =>
        kind === "dynamic-import" && importers.test(importer) && path !== own
          ? { path, external: true }
          : undefined,
      );
    },
  };
}

/**
 * The command is CommonJS: Node's loader of ES modules costs every start 4 ms. Three bundles, among
 * which start.cts chooses: all of it, one that can only mint, and one that stands in for hashcash(1).
 */
async function buildCommand() {
  const packages = new Map();
  const options = {
    ...common,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
  };
  const bundle = (name, entry, ...plugins) =>
    esbuild.build({
      ...options,
      entryPoints: { [name]: entry },
      plugins: [lazyChildProcess, lazyPackages(packages), ...plugins],
      banner: {
        js: '"use strict";const moduleUrl = require("node:url").pathToFileURL(__filename).href;',
      },
    });
  const main = await bundle("main", "src/cli/main.ts");
  const mint = await bundle("mint", "src/cli/main.ts", onlyCommand("mint"));
  const hashcash = await bundle("hashcash", "src/cli/hashcash/main.ts");
  const start = await esbuild.build({
    ...options,
    entryPoints: { cli: "src/cli/start.cts" },
    banner: { js: "#!/usr/bin/env node" },
  });
  const lazy = await esbuild.build({ ...options, entryPoints: Object.fromEntries(packages) });
  chmodSync(join(dist, "cli.cjs"), 0o755);
  return [main, mint, hashcash, start, lazy];
}

/** The engine's threads where WebAssembly searches: src/engine/wasm/engine.ts names the file. */
const buildWorker = () =>
  esbuild.build({
    ...common,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    entryPoints: { "wasm-worker": "src/engine/wasm/worker.ts" },
  });

/** What pages of HTML are made of, beside the bundles; src/cli/figures/page.ts names them. */
const PAGE_PARTS = [
  "src/cli/figures/page/draw.js",
  "src/cli/figures/page/page.css",
  "node_modules/uplot/dist/uPlot.iife.min.js",
  "node_modules/uplot/dist/uPlot.min.css",
];

function copyPageParts() {
  const folder = join(dist, "page");
  mkdirSync(folder, { recursive: true });
  for (const part of PAGE_PARTS) copyFileSync(join(root, part), join(folder, basename(part)));
  copyFileSync(join(root, "node_modules/uplot/LICENSE"), join(folder, "uPlot.LICENSE"));
}

// The first `npx stampmill` in a clone links the clone into npx's own folder and runs `prepare`
// again: a second of waiting, and a moment without dist/ for whoever uses it at that time.
if (process.env.npm_command === "exec" && existsSync(join(dist, "cli.cjs"))) process.exit(0);

rmSync(dist, { recursive: true, force: true });
const results = (
  await Promise.all([
    buildLibrary(esbuild, { ...common, root, dist }),
    buildCommand(),
    buildWorker(),
  ])
).flat();
copyPageParts();
buildDeclarations(root, dist);
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs)).concat(PAGE_PARTS);
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(root, inputs));
for (const last of ["write-launcher.mjs", "write-code-cache.mjs"]) {
  execFileSync(process.execPath, [join(root, "scripts", last)]);
}
