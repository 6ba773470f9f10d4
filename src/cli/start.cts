// The command as it is installed, dist/cli.cjs: it runs one of three bundles with the help of V8's code
// cache, which spares every start 7 ms of 19. dist/main.cjs has everything; dist/mint.cjs has the one
// command that is run most often by far, and is half as large; dist/hashcash.cjs is what stands in for
// hashcash(1), which a mail filter starts for every mail. The caches are written when the package is
// installed or built (scripts/write-code-cache.mjs); one that another version of Node wrote is not taken,
// and V8 then compiles as ever.
import crypto = require("node:crypto");
import fs = require("node:fs");
import path = require("node:path");
import vm = require("node:vm");

const SEAL_LENGTH = 32;

type BundleName = "main" | "mint" | "hashcash";

/** The bundle that knows the command which the arguments name. What mint --time needs is in main. */
function bundleFor([first, ...rest]: readonly string[]): BundleName {
  if (first === "mint" && rest.some((arg) => /^--time(=|$)/.test(arg))) return "main";
  return first === "mint" || first === "hashcash" ? first : "main";
}

/** Called through a link of that name, it is the old tool: Node keeps the link's name here. */
function nameCommand(argv: string[]): void {
  if (path.basename(argv[1] ?? "") === "hashcash") argv.splice(2, 0, "hashcash");
}

const bundleFile = (name: BundleName) => path.join(__dirname, `${name}.cjs`);
// Beside the engine: like it, it belongs to this machine and is never packed.
const cacheFile = (name: BundleName) => path.join(__dirname, `../build/${name}.cache`);

/**
 * What a cache begins with. V8 itself would run a damaged one, one for a bundle as long, and one that
 * Node 20.20 wrote for 20.17, whose V8 has the same number and other builtins: calls go astray.
 */
function sealOf(source: Uint8Array, code: Uint8Array): Buffer {
  const runtime = `${process.version} ${process.arch} `;
  return crypto.createHash("sha256").update(runtime).update(source).update(code).digest();
}

/** The code cache, if it is whole and belongs to this bundle. */
function readCache(name: BundleName, source: Uint8Array): Buffer | undefined {
  let cache: Buffer;
  try {
    cache = fs.readFileSync(cacheFile(name));
  } catch {
    return undefined;
  }
  const code = cache.subarray(SEAL_LENGTH);
  return sealOf(source, code).equals(cache.subarray(0, SEAL_LENGTH)) ? code : undefined;
}

/** Writes the cache of a script that has run, and so knows which functions are needed. */
function writeCache(name: BundleName, script: vm.Script): void {
  const code = script.createCachedData();
  const file = cacheFile(name);
  const unfinished = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const seal = sealOf(fs.readFileSync(bundleFile(name)), code);
  fs.writeFileSync(unfinished, Buffer.concat([seal, code]));
  fs.renameSync(unfinished, file);
}

/** The bundle as a function; `cachedDataRejected` says whether V8 took the cache. */
function compile(name: BundleName): vm.Script {
  const filename = bundleFile(name);
  const source = fs.readFileSync(filename);
  // The bundle is ASCII, which is sooner read as latin1.
  const text = source.toString("latin1");
  const wrapped = `(function(exports,require,module,__filename,__dirname){${text}\n})`;
  return new vm.Script(wrapped, { filename, cachedData: readCache(name, source) });
}

/** Runs the command with what is in `process.argv`. */
function run(name: BundleName, script: vm.Script): void {
  script.runInThisContext()({}, require, {}, bundleFile(name), __dirname);
}

if (require.main === module) {
  nameCommand(process.argv);
  const name = bundleFor(process.argv.slice(2));
  run(name, compile(name));
} else {
  module.exports = { bundleFor, compile, run, writeCache };
}
