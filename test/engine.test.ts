import assert from "node:assert/strict";
import { test } from "node:test";
import { kernels } from "../src/engine.ts";

test("some kernel works", () => {
  assert.ok(kernels().some(({ passed }) => passed));
});
