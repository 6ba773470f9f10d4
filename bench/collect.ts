// How much of a first-hit search's rate is left when it collects the hashes of a sketch.
//
//   npm run bench:collect                both algorithms, at works of 2^32, 2^36 and 2^40
//
// First hit: the search of `mint`, with a limit that cannot be met. Collecting: what `identity work`
// does, its file written to the disk each time the sketch gets better. They take turns; what counts is
// hashes for a second of processor time, which other programs on the machine do not change, and the
// median over all turns. Fails under 97 %.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SketchFile } from "../src/cli/identity/sketch-file.ts";
import { ALGORITHM, ALGORITHMS, type Algorithm } from "../src/engine/algorithms.ts";
import { startSearch } from "../src/engine/engine.ts";
import { identitySubject } from "../src/identity/format.ts";
import { growSketch } from "../src/identity/sketch/grow.ts";
import { layRun, nonceOf } from "../src/identity/sketch/message.ts";
import type { Sketch } from "../src/identity/sketch/sketch.ts";
import { COUNTER_DIGITS, layStamp } from "../src/stamp/layout.ts";
import { describeMachine } from "./machine.ts";
import { median, spread, WIDE_SPREAD } from "./statistics.ts";

const TURNS = 15;
const SLICE = 500; // ms
const LEAST_SHARE = 0.97;

interface Slice {
  /** Hashes for a second of processor time, and of the clock. */
  perCpuSecond: number;
  perSecond: number;
}

async function measure(run: () => Promise<{ tries: number; seconds: number }>): Promise<Slice> {
  const before = process.cpuUsage();
  const { tries, seconds } = await run();
  const { user, system } = process.cpuUsage(before);
  return { perCpuSecond: (1e6 * tries) / (user + system), perSecond: tries / seconds };
}

function firstHit(algorithm: Algorithm): Promise<Slice> {
  const head = { bits: 40, date: "261124", resource: "bench", ext: "", algorithm };
  const { text, positions } = layStamp(head, "fast");
  return measure(async () => {
    const search = startSearch({
      algorithm,
      message: Buffer.from(text, "latin1"),
      positions,
      alphabet: COUNTER_DIGITS,
      limit: 0n,
    });
    const timer = setTimeout(search.cancel, SLICE);
    const end = await search.done;
    clearTimeout(timer);
    return end;
  });
}

/** A sketch as if so much work were behind it. Its digests are made up, and are never checked. */
function sketchOf(algorithm: Algorithm, bits: number): Sketch {
  const subject = identitySubject({ id: "bench", algorithm });
  const run = layRun(subject);
  const digits = ALGORITHM[algorithm].digestBits / 4;
  const hashes = Array.from({ length: subject.size }, (_, i) => {
    const digest = BigInt(i + 1) << BigInt(ALGORITHM[algorithm].digestBits - bits);
    return {
      nonce: nonceOf(run.run, BigInt(i)),
      digest: digest.toString(16).padStart(digits, "0"),
      time: 0,
    };
  });
  return { subject, hashes };
}

async function collecting(algorithm: Algorithm, bits: number, folder: string): Promise<Slice> {
  const sketch = sketchOf(algorithm, bits);
  const file = await SketchFile.open(join(folder, "bench.sketch"));
  const onImproved = (better: Sketch) => file.save(better);
  const slice = await measure(() => growSketch({ sketch, duration: SLICE, onImproved }));
  file.close();
  rmSync(join(folder, "bench.sketch"), { force: true });
  return slice;
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-collect-"));
console.log(
  `${describeMachine().cpu}, Node ${process.version}, ${TURNS} turns of ${SLICE} ms each`,
);
for (const algorithm of ALGORITHMS) {
  for (const bits of [32, 36, 40]) {
    const [first, collect]: [Slice[], Slice[]] = [[], []];
    // The first of each is a warm-up.
    for (let turn = 0; turn <= TURNS; turn++) {
      const pair = [await firstHit(algorithm), await collecting(algorithm, bits, folder)] as const;
      if (turn === 0) continue;
      first.push(pair[0]);
      collect.push(pair[1]);
    }
    const of = (slices: Slice[], key: keyof Slice) => slices.map((slice) => slice[key]);
    const share = median(of(collect, "perCpuSecond")) / median(of(first, "perCpuSecond"));
    const wall = median(of(collect, "perSecond")) / median(of(first, "perSecond"));
    const wide =
      spread(of(first, "perCpuSecond")) > WIDE_SPREAD ? ", wide spread: busy machine" : "";
    const rate = (median(of(collect, "perSecond")) / 1e6).toFixed(0);
    console.log(
      `${algorithm.padEnd(6)} 2^${bits}  ${(100 * share).toFixed(1)} % of first hit ` +
        `(by the clock ${(100 * wall).toFixed(1)} %), ${rate} MH/s${wide}`,
    );
    if (share < LEAST_SHARE) process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true });
