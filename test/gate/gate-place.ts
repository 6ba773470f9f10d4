import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { createGate } from "../../src/gate/gate.ts";
import type { Gate, GateOptions } from "../../src/gate/types.ts";
import type { Store } from "../../src/store/charge.ts";
import { openStore } from "../../src/store/open.ts";
import { CHEAP, NOW } from "./gate-posts.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-gate-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** What the gates' clock says; `NOW` when a gate is made. */
export const clock = { now: NOW };

/** A gate over a store of its own, with a clock that stands at `now`. */
export async function withGate(
  options: Partial<GateOptions>,
  body: (gate: Gate, store: Store, more: (options: Partial<GateOptions>) => Gate) => Promise<void>,
): Promise<void> {
  clock.now = NOW;
  const store = await openStore(join(folder, `${files++}.db`));
  const make = (more: Partial<GateOptions>) =>
    createGate({ store, terms: CHEAP, now: () => clock.now, ...options, ...more });
  try {
    await body(make({}), store, make);
  } finally {
    await store.close();
  }
}
