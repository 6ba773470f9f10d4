import assert from "node:assert/strict";
import { test } from "node:test";
import { mint } from "../src/mint.ts";

test("a stamp begins with what was asked for", async () => {
  const { stamp } = await mint({ resource: "a@example.org", bits: 8 });
  assert.match(stamp, /^1:8:\d{6}:a@example\.org::/);
});
