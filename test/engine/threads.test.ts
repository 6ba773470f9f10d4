import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { availableThreads, cpuQuota, defaultThreads } from "../../src/engine/threads.ts";

const V2_MOUNT = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
const V1_MOUNT =
  "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:16 - cgroup cgroup rw,cpu,cpuacct";
const CPUSET = "34 32 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset";

type Files = Record<string, string>;

const reader = (files: Files) => (path: string) => files[path];

/** Files of version 2, below /sys/fs/cgroup, for a process in one of the groups. */
function v2(group: string, quotas: Files, mount = V2_MOUNT): Files {
  const files: Files = {
    "/proc/self/cgroup": `0::${group}\n`,
    "/proc/self/mountinfo": `${mount}\n`,
  };
  for (const [path, text] of Object.entries(quotas)) {
    files[`/sys/fs/cgroup${path}/cpu.max`] = `${text}\n`;
  }
  return files;
}

/** The same in version 1: of each group quota and period, in microseconds. */
function v1(group: string, quotas: Files, mount = V1_MOUNT): Files {
  const groups = `5:memory:/elsewhere\n4:cpu,cpuacct:${group}\n3:cpuset:/set\n0::/unified\n`;
  const files: Files = {
    "/proc/self/cgroup": groups,
    "/proc/self/mountinfo": `${CPUSET}\n${mount}\n`,
  };
  for (const [path, text] of Object.entries(quotas)) {
    const [quota = "", period = ""] = text.split(" ");
    files[`/sys/fs/cgroup/cpu,cpuacct${path}/cpu.cfs_quota_us`] = `${quota}\n`;
    files[`/sys/fs/cgroup/cpu,cpuacct${path}/cpu.cfs_period_us`] = `${period}\n`;
  }
  return files;
}

const inside = "/docker/0123abcd";
const docker = (mount: string) => mount.replace(" / /", ` ${inside} /`);
const NONE = Number.POSITIVE_INFINITY;

const QUOTAS: [what: string, files: Files, processors: number][] = [
  ["there are no control groups", {}, NONE],
  ["v2: nothing is set", v2("/a", {}), NONE],
  ["v2: max", v2("/a", { "/a": "max 100000" }), NONE],
  ["v2: two processors", v2("/a", { "/a": "200000 100000" }), 2],
  ["v2: a fraction", v2("/a", { "/a": "150000 100000" }), 1.5],
  ["v2: less than one", v2("/a", { "/a": "20000 100000" }), 0.2],
  ["v2: another period", v2("/a", { "/a": "30000 10000" }), 3],
  ["v2: the period is left out", v2("/a", { "/a": "300000" }), 3],
  [
    "v2: the narrowest is above",
    v2("/a/b/c", { "/a": "100000 100000", "/a/b": "max 100000", "/a/b/c": "400000 100000" }),
    1,
  ],
  ["v2: the narrowest is below", v2("/a/b", { "/a": "800000 100000", "/a/b": "300000 100000" }), 3],
  ["v2: another's group", v2("/a", { "/b": "100000 100000", "/a/b": "100000 100000" }), NONE],
  ["v2: a name that is the start of another", v2("/ab", { "/a": "100000 100000" }), NONE],
  ["v2: in a namespace", v2("/", { "": "200000 100000" }), 2],
  ["v2: the container's root is mounted", v2(inside, { "": "200000 100000" }, docker(V2_MOUNT)), 2],
  [
    "v2: a group within the container's root",
    v2(`${inside}/x`, { "": "400000 100000", "/x": "100000 100000" }, docker(V2_MOUNT)),
    1,
  ],
  ["v2: a group outside of what is mounted", v2("/../x", { "": "300000 100000" }), 3],
  ["v2: another root is mounted", v2("/other", { "": "300000 100000" }, docker(V2_MOUNT)), 3],
  ["v2: no number", v2("/a", { "/a": "many 100000" }), NONE],
  ["v2: period of nothing", v2("/a", { "/a": "0 0" }), NONE],
  ["v1: -1", v1("/a", { "/a": "-1 100000" }), NONE],
  ["v1: three processors", v1("/a", { "/a": "300000 100000" }), 3],
  ["v1: a fraction", v1("/a", { "/a": "25000 100000" }), 0.25],
  ["v1: the narrowest is above", v1("/a/b", { "/a": "100000 50000", "/a/b": "-1 100000" }), 2],
  ["v1: in a namespace", v1("/", { "": "200000 100000" }), 2],
  ["v1: the container's root is mounted", v1(inside, { "": "200000 100000" }, docker(V1_MOUNT)), 2],
  ["v1: the groups of other controllers", v1("/a", { "/set": "100000 100000" }), NONE],
  ["v1: no period", v1("/a", { "/a": "100000" }), NONE],
  ["nothing is mounted", v2("/a", { "/a": "100000 100000" }, ""), NONE],
  ["nonsense", { "/proc/self/cgroup": "\n:\nx", "/proc/self/mountinfo": "- - -\n\n" }, NONE],
];

for (const [what, files, processors] of QUOTAS) {
  test(`quota where ${what}: ${processors}`, () => {
    assert.equal(cpuQuota(reader(files)), processors);
  });
}

test("with both versions mounted, the narrower counts", () => {
  const both = { ...v1("/a", { "/a": "300000 100000" }) };
  both["/proc/self/mountinfo"] += `${V2_MOUNT}\n`;
  assert.equal(cpuQuota(reader(both)), 3);
  both["/sys/fs/cgroup/unified/cpu.max"] = "200000 100000";
  assert.equal(cpuQuota(reader(both)), 2);
});

test("threads are whole processors, at least one and at most what there are", () => {
  const threads = (max: string) => availableThreads(reader(v2("/a", { "/a": max })));
  const all = availableParallelism();
  assert.equal(threads("max 100000"), all);
  assert.equal(threads("99900000 100000"), all);
  assert.equal(threads("20000 100000"), 1);
  assert.equal(threads("190000 100000"), 1);
  if (all >= 2) assert.equal(threads("290000 100000"), 2);
  assert.ok(defaultThreads() >= 1 && defaultThreads() <= all);
  assert.equal(defaultThreads(), availableThreads());
});

test("processor affinity counts", (t) => {
  if (spawnSync("taskset", ["--version"]).error) return t.skip("there is no taskset");
  const first = /Cpus_allowed_list:\s*(\d+)/.exec(
    execFileSync("cat", ["/proc/self/status"], { encoding: "utf8" }),
  )?.[1];
  const module = fileURLToPath(new URL("../../src/engine/threads.ts", import.meta.url));
  const script = `import { availableThreads } from ${JSON.stringify(module)};
    console.log(availableThreads());`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", script];
  const args = ["-c", first ?? "0", ...node];
  assert.equal(execFileSync("taskset", args, { encoding: "utf8" }), "1\n");
});
