import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMachine, type Sources } from "../../src/hardware/machine.ts";

const NOTHING: Sources = {
  platform: "linux",
  read: () => undefined,
  sysctl: () => undefined,
  list: () => [],
};

/** A system that has these files and no others. */
function withFiles(files: Record<string, string>): Sources {
  const list = (folder: string) => {
    const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
    return [...new Set(inside.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""))];
  };
  return { ...NOTHING, read: (path) => files[path], list };
}

test("this machine has a processor, threads and memory", () => {
  const machine = describeMachine();
  assert.ok(machine.processors >= 1 && machine.threads >= 1 && machine.bytes > 0);
  assert.match(machine.class, new RegExp(`^${process.arch}-`));
});

test("a system that tells nothing is described all the same", () => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    const machine = describeMachine({ ...NOTHING, platform });
    assert.equal(machine.cpu, "unknown");
    assert.deepEqual(machine.features, []);
    assert.deepEqual(machine.caches, []);
    assert.equal(machine.cores, null);
    assert.equal(machine.id, null);
    assert.ok(machine.processors >= 1);
  }
});

const PROCESSOR = (core: number, hyperthread: number) => `processor\t: ${2 * core + hyperthread}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: Intel(R) Xeon(R) 8481C
physical id\t: 0
core id\t\t: ${core}
flags\t\t: fpu sse2 ssse3 avx2 avx512f sha_ni made_up
`;

test("Linux on x86-64: two cores of two threads each, and caches", () => {
  const cache = "/sys/devices/system/cpu/cpu0/cache";
  const machine = describeMachine(
    withFiles({
      "/proc/cpuinfo": [0, 1].flatMap((c) => [PROCESSOR(c, 0), PROCESSOR(c, 1)]).join("\n"),
      "/etc/machine-id": `${"0123456789abcdef".repeat(2)}\n`,
      [`${cache}/uevent`]: "",
      [`${cache}/index0/level`]: "2\n",
      [`${cache}/index0/type`]: "Unified\n",
      [`${cache}/index0/size`]: "2M\n",
      [`${cache}/index1/level`]: "1\n",
      [`${cache}/index1/type`]: "Data\n",
      [`${cache}/index1/size`]: "48K\n",
      [`${cache}/index2/level`]: "nonsense",
      [`${cache}/index2/type`]: "Data\n",
      [`${cache}/index2/size`]: "48K\n",
    }),
  );
  assert.equal(machine.cpu, "Intel(R) Xeon(R) 8481C");
  assert.equal(machine.class, `${process.arch}-GenuineIntel-6-143`);
  assert.deepEqual(machine.features, ["sse2", "ssse3", "avx2", "avx512f", "sha_ni"]);
  assert.equal(machine.cores, 2);
  assert.deepEqual(machine.caches, [
    { level: 1, kind: "data", bytes: 48 * 1024 },
    { level: 2, kind: "unified", bytes: 2 * 2 ** 20 },
  ]);
  // Not the id itself, nor a part of it.
  assert.match(machine.id ?? "", /^[0-9a-f]{16}$/);
  assert.notEqual(machine.id, "0123456789abcdef");
});

test("Linux on arm64 names no model, and is of a class all the same", () => {
  const machine = describeMachine(
    withFiles({
      "/proc/cpuinfo":
        "processor\t: 0\nFeatures\t: fp asimd aes sha1 sha2\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n",
      "/etc/machine-id": "uninitialized\n",
    }),
  );
  assert.equal(machine.cpu, "unknown");
  assert.equal(machine.class, `${process.arch}-0x41-8-0xd0c`);
  assert.deepEqual(machine.features, ["asimd", "sha1", "sha2"]);
  assert.equal(machine.id, null);
});

test("macOS", () => {
  const values: Record<string, string> = {
    "machdep.cpu.brand_string": "Apple M3 Pro",
    "hw.l1dcachesize": "65536",
    "hw.l2cachesize": "4194304",
    "hw.physicalcpu": "12",
    "hw.optional.arm.FEAT_SHA256": "1",
  };
  const machine = describeMachine({
    ...NOTHING,
    platform: "darwin",
    sysctl: (name) => values[name],
  });
  assert.equal(machine.cpu, "Apple M3 Pro");
  assert.equal(machine.cores, 12);
  assert.deepEqual(machine.features, ["asimd", "sha1", "sha2"]);
  assert.deepEqual(
    machine.caches.map(({ level, bytes }) => [level, bytes]),
    [
      [1, 65_536],
      [2, 4_194_304],
    ],
  );
});
