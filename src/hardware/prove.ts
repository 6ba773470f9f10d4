import type { Algorithm } from "../engine/algorithms.ts";
import { engineCompiler } from "../engine/engine.ts";
import { type Growth, growSketch } from "../identity/sketch/grow.ts";
import { emptySketch } from "../identity/sketch/sketch.ts";
import { type SubjectField, sketchSubject } from "../identity/sketch/subject.ts";
import { badInput } from "../text/errors.ts";
import { formatInstant } from "../text/instant.ts";
import { packageVersion } from "../text/package.ts";
import { describeMachine, type Machine } from "./machine.ts";
import {
  checkBeacon,
  formatProof,
  MAX_BEACON_LENGTH,
  MAX_PROOF_SECONDS,
  PROOF_FIELDS,
  PROOF_SIZE,
} from "./proof.ts";

export interface ProofOptions {
  /** A text that nobody could know before, such as the hash of the newest block of a chain. */
  beacon: string;
  algorithm: Algorithm;
  /** How long to search, 1 to 604800. */
  seconds: number;
  threads: number;
  kernel: string;
  /** Called once, as the search begins, for watching its count of tries. */
  onSearch?: ((search: { tried(): number }) => void) | undefined;
}

export interface Proof {
  /** The file: one line of JSON. */
  readonly text: string;
  readonly growth: Growth;
}

/**
 * Hashes for some seconds over a message that holds the beacon and the machine's description, and
 * keeps the 64 smallest: whoever has them can tell how many there were.
 *
 * @throws StampmillError `bad-input` naming the option; `engine` if the engine is missing or fails
 */
export async function proveBench(options: ProofOptions): Promise<Proof> {
  const { beacon, algorithm, seconds, threads, kernel, onSearch } = options;
  checkBeacon(beacon);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_PROOF_SECONDS) {
    const most = MAX_PROOF_SECONDS / 86_400;
    throw badInput("seconds", `a proof takes from 1 second to ${most} days`);
  }
  const date = formatInstant(1000 * Math.floor(Date.now() / 1000));
  const values = [beacon, date, seconds, threads, kernel, ...machineValues(describeMachine())];
  const { node } = process.versions;
  values.push(packageVersion(), engineCompiler(kernel), node);
  const fields = PROOF_FIELDS.map((name, i): SubjectField => [name, oneLine(String(values[i]))]);
  const subject = sketchSubject("bench", algorithm, PROOF_SIZE, fields);
  const sketch = emptySketch(subject);
  const growth = await growSketch({ sketch, duration: 1000 * seconds, threads, kernel, onSearch });
  return { text: formatProof(growth.sketch), growth };
}

/** In the order of the fields. */
function machineValues(machine: Machine): (string | number)[] {
  const caches = machine.caches.map(({ level, kind, bytes }) => `L${level} ${kind} ${bytes}`);
  return [
    machine.cpu,
    machine.class,
    machine.features.join(" "),
    caches.join(", "),
    machine.processors,
    machine.bytes,
    machine.system,
    machine.release,
  ];
}

/** What a system says of itself, as a field takes it. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, "?").slice(0, MAX_BEACON_LENGTH);
}
