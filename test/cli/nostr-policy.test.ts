import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { startCli } from "../cli.ts";

const path = new URL("../vectors/other-systems.json", import.meta.url);
const { event } = JSON.parse(readFileSync(path, "utf8")).nip13.vectors[0];

test("a relay has its answer before it sends the next request", async () => {
  const child = startCli(["nostr", "policy", "-b", "20"]);
  const { stdin, stdout } = child;
  assert.ok(stdin && stdout);
  const answers = createInterface({ input: stdout });
  const ended = once(child, "close");
  for (const [changed, action] of [
    [event, "accept"],
    [{ ...event, content: "x" }, "reject"],
    [event, "accept"],
  ]) {
    const answer = once(answers, "line");
    stdin.write(`${JSON.stringify({ type: "new", event: changed })}\n`);
    const [line] = await answer;
    const { id, action: said } = JSON.parse(line);
    assert.deepEqual([id, said], [event.id, action]);
  }
  stdin.end();
  assert.deepEqual(await ended, [0, null]);
});
