import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { posix } from "node:path";

/** Reads a small text file; undefined if that cannot be done. */
export type ReadText = (path: string) => string | undefined;

/** Undefined if there is no such file, or it may not be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * How many threads of computation this process may use: its processor affinity, and what is left
 * of that under the CPU quotas of its control groups, version 1 and 2. A quota of one and a half
 * processors counts as one: a second thread would stand still half of the time. At least 1.
 */
export function availableThreads(read: ReadText = readText): number {
  const quota = process.platform === "linux" ? cpuQuota(read) : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(quota)));
}

const REMEMBERED_FOR = 1;
let remembered = { threads: 0, until: 0 };

/** {@link availableThreads}, looked up once a second at most: a tiny search takes less than that. */
export function defaultThreads(): number {
  const now = process.uptime();
  if (now >= remembered.until) {
    remembered = { threads: availableThreads(), until: now + REMEMBERED_FOR };
  }
  return remembered.threads;
}

/**
 * Processors that the control groups of this process grant, possibly a fraction; infinity without
 * a quota. The narrowest group on the way up to the root counts (cgroups(7); cpu.max in the
 * kernel's cgroup-v2.rst; cpu.cfs_quota_us in its sched-bwc.rst).
 */
export function cpuQuota(read: ReadText): number {
  const groups = read("/proc/self/cgroup") ?? "";
  const mounts = read("/proc/self/mountinfo") ?? "";
  let narrowest = Number.POSITIVE_INFINITY;
  for (const line of groups.split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const unified = line.startsWith("0::");
    if (!unified && !controllers.split(",").includes("cpu")) continue;
    for (const mount of cgroupMounts(mounts, unified)) {
      for (const folder of foldersUpFrom(mount, path)) {
        narrowest = Math.min(narrowest, unified ? quotaV2(read, folder) : quotaV1(read, folder));
      }
    }
  }
  return narrowest;
}

interface Mount {
  /** Which folder of the hierarchy is mounted. */
  root: string;
  point: string;
}

/** Where the control groups that may hold a CPU quota are mounted (proc_pid_mountinfo(5)). */
function cgroupMounts(mountinfo: string, unified: boolean): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", point = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    const fits = unified ? type === "cgroup2" : type === "cgroup" && /\bcpu\b/.test(options);
    if (fits) mounts.push({ root, point });
  }
  return mounts;
}

/** The group's folder and all above it, up to the mount point. */
function foldersUpFrom({ root, point }: Mount, path: string): string[] {
  // In a container the path may be outside of what is mounted: the mount point is then all we see.
  const inside = path === root || path.startsWith(root === "/" ? "/" : `${root}/`);
  const relative = inside ? posix.relative(root, path) : "";
  const folders = [point];
  for (const part of relative.split("/").filter((p) => p !== "" && p !== "..")) {
    folders.push(`${folders.at(-1)}/${part}`);
  }
  return folders;
}

function quotaV2(read: ReadText, folder: string): number {
  const [quota = "max", period = "100000"] = (read(`${folder}/cpu.max`) ?? "").trim().split(" ");
  return ratio(quota, period);
}

function quotaV1(read: ReadText, folder: string): number {
  return ratio(read(`${folder}/cpu.cfs_quota_us`) ?? "", read(`${folder}/cpu.cfs_period_us`) ?? "");
}

/** "max", -1 and whatever else is not a positive number mean that there is no quota. */
function ratio(quota: string, period: string): number {
  const processors = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return processors > 0 ? processors : Number.POSITIVE_INFINITY;
}
