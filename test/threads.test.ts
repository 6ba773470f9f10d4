import assert from "node:assert/strict";
import { test } from "node:test";
import { cpuQuota } from "../src/threads.ts";

test("without control groups there is no quota", () => {
  assert.equal(
    cpuQuota(() => undefined),
    Number.POSITIVE_INFINITY,
  );
});
