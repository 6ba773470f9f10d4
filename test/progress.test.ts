import assert from "node:assert/strict";
import { test } from "node:test";
import { withPrefix } from "../src/cli/progress.ts";

test("a rate has a prefix of three digits", () => {
  assert.equal(withPrefix(1_000_000), "1.00 M");
});
