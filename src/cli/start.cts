// The command as it is installed, dist/cli.cjs: it runs dist/main.cjs, the bundle of main.ts, with the
// help of V8's code cache, which spares every start 7 ms of 19. The cache is written when the package
// is installed or built (scripts/write-code-cache.mjs); V8 refuses one that another version of Node
// wrote, and then compiles as ever.
import crypto = require("node:crypto");
import fs = require("node:fs");
import path = require("node:path");
import vm = require("node:vm");

const bundle = path.join(__dirname, "main.cjs");
// Beside the engine: like it, it belongs to this machine and is never packed.
const cacheFile = path.join(__dirname, "../build/main.cache");
const SEAL_LENGTH = 32;

/** What a cache begins with. V8 itself would run a damaged one, or one for a bundle as long. */
function sealOf(source: Uint8Array, code: Uint8Array): Buffer {
  return crypto.createHash("sha256").update(source).update(code).digest();
}

/** The code cache, if it is whole and belongs to this bundle. */
function readCache(source: Uint8Array): Buffer | undefined {
  let cache: Buffer;
  try {
    cache = fs.readFileSync(cacheFile);
  } catch {
    return undefined;
  }
  const code = cache.subarray(SEAL_LENGTH);
  return sealOf(source, code).equals(cache.subarray(0, SEAL_LENGTH)) ? code : undefined;
}

/** Writes the cache of a script that has run, and so knows which functions are needed. */
function writeCache(script: vm.Script): void {
  const code = script.createCachedData();
  const unfinished = `${cacheFile}.${process.pid}`;
  fs.mkdirSync(path.dirname(cacheFile), { recursive: true });
  fs.writeFileSync(unfinished, Buffer.concat([sealOf(readBundle(), code), code]));
  fs.renameSync(unfinished, cacheFile);
}

const readBundle = () => fs.readFileSync(bundle);

/** The bundle as a function; `cachedDataRejected` says whether V8 took the cache. */
function compile(): vm.Script {
  const source = readBundle();
  // The bundle is ASCII, which is sooner read as latin1.
  const text = source.toString("latin1");
  const wrapped = `(function(exports,require,module,__filename,__dirname){${text}\n})`;
  return new vm.Script(wrapped, { filename: bundle, cachedData: readCache(source) });
}

/** Runs the command with what is in `process.argv`. */
function run(script: vm.Script): void {
  script.runInThisContext()({}, require, {}, bundle, __dirname);
}

if (require.main === module) run(compile());
else module.exports = { compile, run, writeCache };
