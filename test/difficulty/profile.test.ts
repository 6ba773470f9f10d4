import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { cacheFolder } from "../../src/difficulty/cache-folder.ts";
import { hostPace, hostRate } from "../../src/difficulty/profile.ts";
import {
  type Profile,
  parseProfile,
  profileKey,
  profilePath,
  readProfile,
  writeProfile,
} from "../../src/difficulty/profile-file.ts";
import { chooseKernel } from "../../src/engine/engine.ts";
import { availableThreads } from "../../src/engine/threads.ts";
import { mangled, often } from "../hostile.ts";

let folder = "";
const { XDG_CACHE_HOME } = process.env;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "stampmill-profile-"));
  process.env.XDG_CACHE_HOME = folder;
});

afterEach(() => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  fs.rmSync(folder, { recursive: true });
});

function profile(): Profile {
  const entry = {
    algorithm: "sha1",
    kernel: chooseKernel("sha1"),
    threads: availableThreads(),
    rate: 123_456,
    shortRate: 100_000,
    overhead: 0.001,
    shortOverhead: 0.0001,
    best: 130_000,
    spread: 0.02,
    condition: "calm",
  } as const;
  return { key: profileKey(), date: "2026-11-24T12:00:00Z", entries: [entry] };
}

function file(): string {
  return profilePath(profileKey()) ?? assert.fail("no path");
}

test("what is written is what is read, and what this machine is taken for", async () => {
  const written = profile();
  assert.equal(readProfile(written.key), undefined);
  assert.deepEqual(writeProfile(written), { file: file() });
  assert.deepEqual(readProfile(written.key), written);
  assert.equal(fs.statSync(file()).mode & 0o777, 0o600);
  assert.deepEqual(fs.readdirSync(dirname(file())).length, 1, "nothing unfinished stays");
  const [entry] = written.entries;
  const { kernel, threads } = entry ?? assert.fail();
  const known = { rate: 123_456, kernel, threads, condition: "calm", from: "profile" };
  assert.deepEqual(await hostRate("sha1"), known);
  assert.equal((await hostPace("sha1")).pace.shortOverhead, 0.0001);
});

test("another algorithm, kernel or number of threads is measured", async () => {
  writeProfile(profile());
  const threads = availableThreads() + 1;
  const other = await hostRate("sha1", { threads });
  assert.deepEqual([other.from, other.threads], ["measurement", threads]);
  assert.ok(other.rate > 200_000);
  assert.equal((await hostRate("sha256")).from, "measurement");
  const scalar = await hostRate("sha1", { kernel: "scalar" });
  assert.deepEqual([scalar.from, scalar.kernel], ["measurement", "scalar"]);
});

const good = () => JSON.stringify({ format: "stampmill calibration 1", ...profile() });
const edited = (edit: (entry: Record<string, unknown>) => void) => () => {
  const value = JSON.parse(good());
  edit(value.entries[0]);
  return JSON.stringify(value);
};
const DAMAGED: Record<string, () => string> = {
  empty: () => "",
  "cut off": () => good().slice(0, 200),
  "no JSON": () => "\u0000".repeat(100),
  "another format": () => good().replace("calibration 1", "calibration 2"),
  null: () => "null",
  "a list": () => "[]",
  "no key": () => good().replace('"key"', '"kex"'),
  "no date": () => good().replace("2026-11-24T12:00:00Z", "yesterday"),
  "no entries": () => good().replace('"entries"', '"entres"'),
  "an entry that is null": () => good().replace(/\[\{.*\}\]/, "[null]"),
  "a rate of nothing": edited((entry) => {
    entry.rate = 0;
  }),
  "a negative rate": edited((entry) => {
    entry.shortRate = -1;
  }),
  "a rate beyond all machines": edited((entry) => {
    entry.rate = 1e16;
  }),
  "a rate in words": edited((entry) => {
    entry.rate = "1e9";
  }),
  "endless overhead": edited((entry) => {
    entry.overhead = 1e9;
  }),
  "half a thread": edited((entry) => {
    entry.threads = 1.5;
  }),
  "a kernel that acts on terminals": edited((entry) => {
    entry.kernel = "\u001b[2J";
  }),
  "a condition of its own": edited((entry) => {
    entry.condition = "fine";
  }),
};

for (const [name, text] of Object.entries(DAMAGED)) {
  test(`a damaged profile is a problem, not a figure: ${name}`, () => {
    fs.mkdirSync(dirname(file()), { recursive: true });
    fs.writeFileSync(file(), text());
    const read = readProfile(profileKey());
    assert.ok(read !== undefined && "problem" in read, JSON.stringify(read));
    assert.match(read.problem, /is damaged/);
  });
}

test("hostRate warns of a damaged profile and measures", async () => {
  fs.mkdirSync(dirname(file()), { recursive: true });
  fs.writeFileSync(file(), "{");
  const warnings: string[] = [];
  const { from } = await hostRate("sha1", { warn: (message) => warnings.push(message) });
  assert.equal(from, "measurement");
  assert.equal(warnings.length, 1);
});

test("folders that are missing are made, for the user alone", () => {
  process.env.XDG_CACHE_HOME = join(folder, "a", "b");
  assert.ok("file" in writeProfile(profile()));
  assert.equal(fs.statSync(join(folder, "a")).mode & 0o777, 0o700);
});

test("hostile: whatever a profile's text is made into, it is one that makes sense or none", () => {
  let whole = 0;
  const property = fc.property(mangled([good(), "null", "1e999", "[]"]), (text) => {
    for (const entry of parseProfile(text)?.entries ?? []) {
      assert.ok(entry.rate >= 1 && entry.rate <= 1e15 && entry.overhead >= 0);
      assert.ok(Number.isInteger(entry.threads) && /^[a-z0-9_]+$/.test(entry.kernel));
      whole++;
    }
  });
  fc.assert(property, often(2000));
  assert.ok(whole > 0, "none was left whole");
});

test("a foreign profile is a problem", () => {
  const mine = profile();
  for (const part of ["version", "cpu", "class", "system", "kernels", "kernel"]) {
    writeProfile(mine);
    const text = fs.readFileSync(file(), "utf8");
    const other = JSON.parse(text);
    other.key[part] += "x";
    fs.writeFileSync(file(), JSON.stringify(other));
    const read = readProfile(mine.key);
    assert.ok(read !== undefined && "problem" in read, part);
    assert.match(read.problem, /another machine/);
  }
});

test("a kernel that does not work here is not taken from a profile", async () => {
  const { entries, ...rest } = profile();
  writeProfile({ ...rest, entries: entries.map((entry) => ({ ...entry, kernel: "mmx" })) });
  assert.equal((await hostRate("sha1")).from, "measurement");
});

test("a folder, a pipe and a huge file are problems", () => {
  fs.mkdirSync(file(), { recursive: true });
  const read = () => readProfile(profileKey()) ?? assert.fail("nothing");
  assert.ok("problem" in read());
  fs.rmdirSync(file());
  if (process.platform !== "win32") {
    execFileSync("mkfifo", [file()]);
    const pipe = read();
    assert.ok("problem" in pipe && /is no file/.test(pipe.problem));
    fs.rmSync(file());
  }
  fs.writeFileSync(file(), good() + " ".repeat(1 << 18));
  assert.ok("problem" in read());
});

test("what would not be read back is not kept", () => {
  const { entries, ...rest } = profile();
  const spread = Number.POSITIVE_INFINITY;
  const broken = { ...rest, entries: entries.map((entry) => ({ ...entry, spread })) };
  assert.ok("problem" in writeProfile(broken));
  assert.equal(readProfile(broken.key), undefined);
});

test("where nothing can be kept, the problem is named and nothing is left behind", () => {
  fs.writeFileSync(join(folder, "stampmill"), "in the way");
  const inTheWay = writeProfile(profile());
  assert.ok("problem" in inTheWay);
  assert.match(inTheWay.problem, /is not kept/);
  fs.rmSync(join(folder, "stampmill"));

  fs.mkdirSync(file(), { recursive: true });
  assert.ok("problem" in writeProfile(profile()), "a folder in the place of the file");
  assert.deepEqual(fs.readdirSync(dirname(file())).length, 1);

  if (process.platform === "linux") {
    process.env.XDG_CACHE_HOME = `/proc/${process.pid}`;
    assert.ok("problem" in writeProfile(profile()), "where no folder can be made");
  }

  delete process.env.XDG_CACHE_HOME;
  const { HOME } = process.env;
  try {
    process.env.HOME = "relative";
    assert.deepEqual(readProfile(profileKey()), undefined);
    const nowhere = writeProfile(profile());
    assert.ok("problem" in nowhere && /XDG_CACHE_HOME/.test(nowhere.problem));
  } finally {
    process.env.HOME = HOME;
  }
});

test("the cache folder of each system", () => {
  const XDG = "/x/cache";
  const HOME = "/home/a";
  assert.equal(cacheFolder({ XDG_CACHE_HOME: XDG, HOME }, "linux"), XDG);
  assert.equal(cacheFolder({ HOME }, "linux"), "/home/a/.cache");
  assert.equal(cacheFolder({ XDG_CACHE_HOME: "", HOME }, "linux"), "/home/a/.cache");
  assert.equal(cacheFolder({ XDG_CACHE_HOME: "x", HOME }, "freebsd"), "/home/a/.cache");
  assert.equal(cacheFolder({ HOME }, "darwin"), "/home/a/Library/Caches");
  assert.equal(cacheFolder({ LOCALAPPDATA: "/a/Local", HOME }, "win32"), "/a/Local");
  assert.equal(cacheFolder({ LOCALAPPDATA: "Local", HOME }, "win32"), undefined);
  assert.equal(cacheFolder({ HOME: "a" }, "linux"), undefined);
});
