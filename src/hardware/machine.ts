import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { availableThreads, type ReadText, readText } from "../engine/threads.ts";

/** One of a processor's caches. */
export interface Cache {
  readonly level: number;
  readonly kind: "data" | "instruction" | "unified";
  readonly bytes: number;
}

/** What has to be known about a machine for its figures to mean something. */
export interface Machine {
  /** The processor's own name, `unknown` if the system does not tell. */
  readonly cpu: string;
  /** Machines of one class can be compared: architecture, vendor, family and model. */
  readonly class: string;
  /** Instruction sets that matter to hashing. */
  readonly features: readonly string[];
  /** Of the first processor, smallest first; empty if the system does not tell. */
  readonly caches: readonly Cache[];
  /** Logical processors of the machine, and how many threads this process may use. */
  readonly processors: number;
  readonly threads: number;
  /** Cores, of which hyper-threads share one; null if the system does not tell. */
  readonly cores: number | null;
  /** Of memory, in the machine. */
  readonly bytes: number;
  /** Platform and architecture, and the version of the operating system's kernel. */
  readonly system: string;
  readonly release: string;
  /** Different on each installation of an operating system, null if it has none: see {@link idOf}. */
  readonly id: string | null;
}

/** What a system is asked; a test brings its own. */
export interface Sources {
  readonly platform: NodeJS.Platform;
  readonly read: ReadText;
  /** The value of a name of sysctl(8), on macOS. */
  readonly sysctl: (name: string) => string | undefined;
  /** Names in a folder; none if it cannot be read. */
  readonly list: (folder: string) => string[];
}

const SYSTEM: Sources = { platform: process.platform, read: readText, sysctl, list };

function sysctl(name: string): string | undefined {
  try {
    const text = execFileSync("sysctl", ["-n", name], {
      encoding: "utf8",
      timeout: 5000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.trim();
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Describes this machine. Whatever cannot be found out is unknown, empty or null. */
export function describeMachine(sources: Sources = SYSTEM): Machine {
  const cpuinfo = sources.platform === "linux" ? (sources.read("/proc/cpuinfo") ?? "") : "";
  const known = sources.platform === "darwin" ? onMac(sources) : onLinux(cpuinfo, sources);
  return {
    ...known,
    processors: cpus().length || availableThreads(),
    threads: availableThreads(),
    bytes: totalmem(),
    system: `${sources.platform} ${process.arch}`,
    release: release(),
    id: idOf(sources),
  };
}

type Processor = Pick<Machine, "cpu" | "class" | "features" | "caches" | "cores">;

/** Of /proc/cpuinfo's many flags those that some kernel here, or a reader, asks about. */
const FEATURES = new Set(
  "sse2 ssse3 sse4_1 avx avx2 avx512f avx512bw avx512vl avx512vbmi avx512ifma sha_ni bmi2 gfni vaes"
    .concat(" asimd sha1 sha2 sha3 sha512 sve sve2")
    .split(" "),
);

function onLinux(cpuinfo: string, { read, list }: Sources): Processor {
  const field = (...names: string[]) => fieldOf(cpuinfo, names);
  const numbers = [
    field("vendor_id", "CPU implementer"),
    field("cpu family", "CPU architecture"),
    field("model", "CPU part"),
  ];
  const flags = field("flags", "Features").split(/\s+/);
  return {
    cpu: field("model name", "Model", "Hardware") || "unknown",
    class: `${process.arch}-${numbers.map((text) => text || "unknown").join("-")}`,
    features: flags.filter((flag) => FEATURES.has(flag)),
    caches: linuxCaches(read, list),
    cores: linuxCores(cpuinfo),
  };
}

/** The first of some fields that /proc/cpuinfo has, empty if it has none of them. */
function fieldOf(cpuinfo: string, names: readonly string[]): string {
  for (const name of names) {
    const value = new RegExp(`^${name}\\s*: ?(.*)$`, "m").exec(cpuinfo)?.[1]?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return "";
}

/** How many different pairs of package and core there are. */
function linuxCores(cpuinfo: string): number | null {
  const cores = new Set<string>();
  for (const block of cpuinfo.split("\n\n")) {
    const core = fieldOf(block, ["core id"]);
    if (core !== "") cores.add(`${fieldOf(block, ["physical id"])} ${core}`);
  }
  return cores.size > 0 ? cores.size : null;
}

const CACHE_FOLDER = "/sys/devices/system/cpu/cpu0/cache";
const SCALES: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** sysfs-devices-system-cpu in the Linux kernel's ABI documents. */
function linuxCaches(read: ReadText, list: Sources["list"]): Cache[] {
  const caches = list(CACHE_FOLDER).flatMap((name) => {
    const file = (what: string) => read(`${CACHE_FOLDER}/${name}/${what}`)?.trim() ?? "";
    const [, digits, scale = ""] = /^(\d{1,9})([KMG]?)$/.exec(file("size")) ?? [];
    const kind = file("type").toLowerCase();
    const level = Number(file("level"));
    if (digits === undefined || !isKind(kind) || !(level >= 1 && level <= 9)) return [];
    return [{ level, kind, bytes: Number(digits) * (SCALES[scale] ?? 1) }];
  });
  return caches.sort((a, b) => a.level - b.level || a.kind.localeCompare(b.kind));
}

function isKind(text: string): text is Cache["kind"] {
  return text === "data" || text === "instruction" || text === "unified";
}

function onMac({ sysctl }: Sources): Processor {
  const bytes = (name: string) => Number(sysctl(name) ?? 0);
  const caches: Cache[] = [
    { level: 1, kind: "data", bytes: bytes("hw.l1dcachesize") },
    { level: 1, kind: "instruction", bytes: bytes("hw.l1icachesize") },
    { level: 2, kind: "unified", bytes: bytes("hw.l2cachesize") },
    { level: 3, kind: "unified", bytes: bytes("hw.l3cachesize") },
  ];
  const flags = `${sysctl("machdep.cpu.features") ?? ""} ${sysctl("machdep.cpu.leaf7_features") ?? ""}`;
  const optional = sysctl("hw.optional.arm.FEAT_SHA256") === "1" ? " asimd sha1 sha2" : "";
  const cpu = sysctl("machdep.cpu.brand_string") || "unknown";
  return {
    cpu,
    class: `${process.arch}-${cpu.replace(/\W+/g, "_")}`,
    features: (flags.toLowerCase() + optional).split(" ").filter((flag) => FEATURES.has(flag)),
    caches: caches.filter((cache) => cache.bytes > 0),
    cores: bytes("hw.physicalcpu") || null,
  };
}

/**
 * A name for this installation that tells nothing else: machine-id(5) asks that the id itself be
 * kept from others, and be hashed with something of the program's own.
 */
function idOf({ read }: Sources): string | null {
  const id = read("/etc/machine-id")?.trim() ?? "";
  if (!/^[0-9a-f]{32}$/.test(id)) return null;
  return createHash("sha256").update(`stampmill bench ${id}`).digest("hex").slice(0, 16);
}
