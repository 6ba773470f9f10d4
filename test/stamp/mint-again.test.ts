import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, test } from "node:test";
import { mint } from "../../src/stamp/mint.ts";
import { parseStamp } from "../../src/stamp/stamp.ts";
import type { StampmillError } from "../../src/text/errors.ts";

// What mint does when a search comes back without a stamp, or with a false one: once in 10^14 mints,
// or with a broken kernel. So the engine's class is replaced by one that leads there.

interface NativeJob {
  message: Uint8Array;
  start: bigint;
  count: bigint;
  limit: bigint;
}
interface NativeSearch {
  take(): bigint[];
}
type SearchClass = new (job: NativeJob) => NativeSearch;

const require = createRequire(import.meta.url);
const addon = require("../../build/Release/stampmill.node") as { Search: SearchClass };
const RealSearch = addon.Search;

/** Lets the engine search something else than it was asked to; what it was asked is recorded. */
function replaceSearch(change: (job: NativeJob, round: number) => Partial<NativeJob>): NativeJob[] {
  const jobs: NativeJob[] = [];
  addon.Search = class extends RealSearch {
    constructor(job: NativeJob) {
      jobs.push(job);
      super({ ...job, ...change(job, jobs.length) });
    }
  };
  return jobs;
}

afterEach(() => {
  addon.Search = RealSearch;
});

const randomField = ({ message }: NativeJob) =>
  Buffer.from(message).toString("latin1").split(":")[5] ?? "";

test("when no counter makes a stamp it goes on with another random field", async () => {
  const jobs = replaceSearch((_, round) => (round <= 3 ? { count: 1000n, limit: 0n } : {}));
  const counts: (() => number)[] = [];
  const onSearch = ({ tried }: { tried(): number }) => counts.push(tried);
  const { stamp, tries } = await mint({ resource: "alice@example.org", bits: 8, onSearch });
  assert.equal(jobs.length, 4);
  assert.equal(new Set(jobs.map(randomField)).size, 4);
  assert.equal((parseStamp(stamp) as { rand: string }).rand, randomField(jobs[3] as NativeJob));
  assert.deepEqual(
    counts.map((tried) => tried()),
    [1000, 2000, 3000, tries],
  );
  assert.ok(tries > 3000);
});

test("time runs out over several random fields as it does over one", async () => {
  const jobs = replaceSearch(() => ({ count: 1000n, limit: 0n }));
  await assert.rejects(
    mint({ resource: "alice@example.org", bits: 8, timeout: 200 }),
    (error: StampmillError) => {
      assert.equal(error.code, "not-found");
      const told = /^no stamp of 8 bits was found in 0\.2 s and (\d+) tries$/.exec(error.message);
      const tries = Number(told?.[1]);
      // The last search may have been cancelled.
      assert.ok(tries > 1000 * (jobs.length - 2) && tries <= 1000 * jobs.length, error.message);
      return true;
    },
  );
  assert.ok(jobs.length > 1);
});

test("a signal ends it between two random fields as well", async () => {
  const jobs = replaceSearch(() => ({ count: 1000n, limit: 0n }));
  const controller = new AbortController();
  const onSearch = () => {
    if (jobs.length === 5) controller.abort();
  };
  const { signal } = controller;
  await assert.rejects(mint({ resource: "alice@example.org", bits: 8, onSearch, signal }), {
    code: "aborted",
  });
  assert.equal(jobs.length, 5);
});

test("a stamp that node:crypto does not confirm is never handed out", async () => {
  replaceSearch(() => ({ limit: 2n ** 64n - 1n }));
  for (const algorithm of ["sha1", "sha256"] as const) {
    await assert.rejects(
      mint({ resource: "alice@example.org", bits: 40, algorithm, kernel: "scalar" }),
      (error: StampmillError) => {
        assert.equal(error.code, "engine");
        assert.match(error.message, /^the kernel scalar found a stamp that is none: 1:40:/);
        assert.match(error.hint ?? "", /STAMPMILL_KERNEL/);
        return true;
      },
    );
  }
});
