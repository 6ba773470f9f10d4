import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, KernelRefusal, type RefusalReason } from "../../src/engine/contract.ts";
import { everyEngine, withEngine } from "../../src/engine/engines.ts";
import { StampmillError } from "../../src/text/errors.ts";

/** An engine of kernels that search for nothing. */
function engineWith(compiler: string, names: string[], broken: Record<string, RefusalReason> = {}) {
  const engine: Engine = {
    compiler,
    kernels: () => names.map((name) => ({ name, supported: true, passed: !(name in broken) })),
    chooseKernel(name) {
      const chosen = name === "" ? names[0] : name;
      if (chosen === undefined || !names.includes(chosen)) throw new KernelRefusal("unknown");
      const reason = broken[chosen];
      if (reason !== undefined) throw new KernelRefusal(reason);
      return `${compiler} ${chosen}`;
    },
    search: () => assert.fail("no search was asked for"),
    roofline: () => assert.fail("no roofline was asked for"),
  };
  return () => engine;
}

const missing = (message: string) => () => {
  throw new StampmillError("engine", message, { hint: "build it" });
};

const first = engineWith("first", ["wide", "narrow", "sick", "strange"], {
  sick: "failed",
  strange: "unsupported",
});
const second = engineWith("second", ["page", "narrow"]);

const choose = (kernel: string, loaders: (() => Engine)[]) =>
  withEngine(kernel, (engine) => engine.chooseKernel(kernel, "sha1"), loaders);

function refusal(call: () => unknown): [string, string, string | undefined] {
  try {
    call();
  } catch (error) {
    if (error instanceof StampmillError) return [error.code, error.message, error.hint];
    throw error;
  }
  return assert.fail("it was not refused");
}

test("without a name the first engine that is there searches", () => {
  assert.equal(choose("", [first, second]), "first wide");
  assert.equal(choose("", [missing("none"), second]), "second page");
  assert.equal(choose("", [engineWith("empty", []), second]), "second page");
});

test("no engine is loaded behind the one that searches", () => {
  const load = () => assert.fail("it was loaded");
  assert.equal(choose("", [first, load]), "first wide");
  assert.equal(choose("narrow", [first, load]), "first narrow");
});

test("a kernel that is named belongs to the engine that has it", () => {
  assert.equal(choose("page", [first, second]), "second page");
  assert.equal(choose("narrow", [first, second]), "first narrow");
  assert.equal(choose("page", [missing("none"), second]), "second page");
});

test("a kernel that is named is never replaced", () => {
  const hint = "kernels that work here: wide, narrow, page, narrow";
  const both = [first, second];
  assert.deepEqual(
    refusal(() => choose("sick", both)),
    ["engine", "the kernel sick failed its self-test", hint],
  );
  assert.deepEqual(
    refusal(() => choose("strange", both)),
    ["bad-input", "this processor cannot run the kernel strange", hint],
  );
  assert.deepEqual(
    refusal(() => choose("odd", both)),
    ["bad-input", 'there is no kernel "odd"', hint],
  );
});

test("what is not there says why: it may have had the kernel", () => {
  const gone = [missing("the addon is not built"), missing("no WebAssembly")];
  const said = ["engine", "the addon is not built", "build it"];
  assert.deepEqual(
    refusal(() => choose("", gone)),
    said,
  );
  assert.deepEqual(
    refusal(() => choose("avx2", [...gone, second])),
    said,
  );
  assert.deepEqual(
    refusal(() => everyEngine(gone)),
    said,
  );
});

test("an algorithm that no engine has is said to be that", () => {
  const call = () => choose("", [engineWith("empty", [])]);
  assert.equal(refusal(call)[1], "no engine here has this algorithm");
});

test("every engine that is there is listed, best first", () => {
  const names = (loaders: (() => Engine)[]) => everyEngine(loaders).map((e) => e.compiler);
  assert.deepEqual(names([first, second]), ["first", "second"]);
  assert.deepEqual(names([missing("none"), second]), ["second"]);
});

test("a fault that is none of an engine's answers is not taken for one", () => {
  const broken = () => {
    throw new TypeError("a mistake of ours");
  };
  assert.throws(() => everyEngine([broken]), TypeError);
  assert.throws(() => withEngine("", () => 0, [broken]), TypeError);
  const call = () => withEngine("", broken, [first]);
  assert.deepEqual(refusal(call).slice(0, 2), [
    "engine",
    "the search cannot start: a mistake of ours",
  ]);
});
