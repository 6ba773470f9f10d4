import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGate } from "../../src/gate/gate.ts";
import type { Gate, GateOptions, Quote } from "../../src/gate/types.ts";
import { mint } from "../../src/stamp/mint.ts";
import { openStore } from "../../src/store/open.ts";
import { parseInstant } from "../../src/text/instant.ts";

/** Prices that a test can pay: nothing to wait for, and each post after the first one costs more. */
export const CHEAP = { base: 8, cap: 12, interval: "1m", burst: 0, tau: "1m" };

/** A gate over a database of its own. */
export async function openGate(
  options: Partial<GateOptions> = {},
): Promise<{ gate: Gate; url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-gate-"));
  const store = await openStore(join(folder, "posts.db"));
  return {
    gate: createGate({ store, terms: CHEAP, ...options }),
    url: store.url,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const digestOf = (message: string | Uint8Array) => hash("sha256", message, "hex");

/** Stamps that pay what is quoted for a message. */
export async function pay(quote: Quote, digest: string, plan = quote): Promise<string[]> {
  const resource = quote.resource.replace("{digest}", digest);
  const date = new Date(parseInstant(quote.date, "date"));
  const { bits, algorithm } = { ...quote, ...plan };
  const stamps: string[] = [];
  for (let i = 0; i < plan.count; i++) {
    const { stamp } = await mint({ resource, bits, algorithm, date, dateWidth: 12, threads: 1 });
    stamps.push(stamp);
  }
  return stamps;
}
