import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { outcomeOf, startCli } from "../cli.ts";
import { noThreads, untilNice } from "../engine/nice-threads.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-nice-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const args of [
  ["mint", "-b", "60", "-j", "2", "alice@example.org"],
  ["identity", "work", "--id", "alice@example.org", "-j", "2", join(folder, "alice.sketch")],
]) {
  test(`stampmill ${args[0]} --nice`, { skip: noThreads }, async () => {
    const child = startCli([...args, "--nice"]);
    const outcome = outcomeOf(child);
    try {
      await untilNice(child.pid, 2);
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal((await outcome).code, 143);
  });
}
