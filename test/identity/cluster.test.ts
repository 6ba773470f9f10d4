import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Schema, Validator } from "@cfworker/json-schema";
import { parseAllDocuments } from "yaml";
import { readIdentity } from "../../src/identity/format.ts";
import { estimateWork } from "../../src/identity/sketch/estimate.ts";
import { mergeSketches, type Sketch } from "../../src/identity/sketch/sketch.ts";
import { cliEntry, cliEnvironment } from "../cli.ts";

// What docs/cluster/ tells people to start, started: with little work, and without a cluster.

const EXAMPLES = fileURLToPath(new URL("../../docs/cluster/", import.meta.url));
const SCHEMA = new URL("../vectors/schemas/kubernetes-1.30.json", import.meta.url);
const ID = "two words & $HOME 'quoted' <alice@example.org>";

const folder = mkdtempSync(join(tmpdir(), "stampmill-cluster-"));
after(() => rmSync(folder, { recursive: true }));
const bin = join(folder, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "stampmill"), `#!/bin/sh\nexec '${process.execPath}' '${cliEntry}' "$@"\n`);
chmodSync(join(bin, "stampmill"), 0o755);

/** Why a program's test is skipped, or false; in the gate it may not be. */
function missing(program: string): string | false {
  const { error } = spawnSync(program, ["--version"]);
  return error !== undefined && !process.env.CI ? `${program} is not installed` : false;
}

/** Runs a command in a folder of its own where `stampmill` is in the PATH. */
function run(cwd: string, command: readonly string[], env: Record<string, string> = {}): string {
  const [program = "", ...args] = command;
  const environment = { ...cliEnvironment(), PATH: `${bin}:${process.env.PATH}`, ...env };
  const ended = spawnSync(program, args, { cwd, env: environment, encoding: "utf8" });
  assert.equal(ended.status, 0, `${command.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

function sketchIn(file: string): Sketch {
  const reading = readIdentity(readFileSync(file, "utf8").trimEnd());
  assert.ok(reading.status === "good", JSON.stringify(reading));
  assert.equal(reading.identity.id, ID);
  return reading.identity.sketch;
}

/** What was merged is the work of all the parts, and of nothing else. */
function assertMerged(merged: string, parts: readonly string[]): void {
  const sketches = parts.map(sketchIn);
  assert.deepEqual(sketchIn(merged), mergeSketches(sketches));
  for (const sketch of sketches) assert.ok(estimateWork(sketch) > 100_000);
}

function newFolder(name: string): string {
  return mkdtempSync(join(folder, name));
}

const scripts = readdirSync(EXAMPLES).filter((name) => /\.(?:sh|sbatch)$/.test(name));

test("the shell reads every script", () => {
  assert.ok(scripts.length >= 3);
  for (const name of scripts) run(folder, ["bash", "-n", join(EXAMPLES, name)]);
});

test("shellcheck has nothing against the scripts", { skip: missing("shellcheck") }, () => {
  for (const name of scripts) run(folder, ["shellcheck", join(EXAMPLES, name)]);
});

test("GNU parallel: two runs, merged", { skip: missing("parallel") }, () => {
  const cwd = newFolder("parallel-");
  const args = ["bash", join(EXAMPLES, "parallel.sh"), ID, "1s", "2", "merged.sketch"];
  // It keeps settings in the home folder.
  run(cwd, args, { HOME: cwd });
  const parts = [1, 2].map((i) => join(cwd, `part-${i}.sketch`));
  assertMerged(join(cwd, "merged.sketch"), parts);
});

test("Slurm: the tasks of an array, some of them again, then the merge", () => {
  const cwd = newFolder("slurm-");
  for (const task of ["0", "1", "1"]) {
    const env = { ID, DURATION: "1s", SLURM_ARRAY_TASK_ID: task, SLURM_CPUS_PER_TASK: "1" };
    run(cwd, ["bash", join(EXAMPLES, "slurm-work.sbatch")], env);
  }
  run(cwd, ["bash", join(EXAMPLES, "slurm-merge.sbatch")], { OUTPUT: "merged.sketch" });
  const parts = readdirSync(join(cwd, "sketches")).sort();
  assert.deepEqual(parts, ["part-0.sketch", "part-1.sketch"]);
  assertMerged(
    join(cwd, "merged.sketch"),
    parts.map((part) => join(cwd, "sketches", part)),
  );
});

test("Slurm: outside of an array, or without an identity, nothing is started", () => {
  const cwd = newFolder("outside-");
  for (const env of [{ ID }, { SLURM_ARRAY_TASK_ID: "0" }]) {
    const script = join(EXAMPLES, "slurm-work.sbatch");
    const environment = { ...cliEnvironment(), ...env };
    const { status, stderr } = spawnSync("bash", [script], { cwd, env: environment });
    assert.equal(status, 1);
    assert.match(String(stderr), /start this with sbatch|export ID/);
  }
  assert.deepEqual(readdirSync(cwd), []);
});

test("Slurm: what sbatch reads from the scripts", () => {
  const options = (name: string) =>
    [...readFileSync(join(EXAMPLES, name), "utf8").matchAll(/^#SBATCH --([\w-]+)=(\S+)$/gm)].map(
      ([, option = "", value = ""]) => [option, value] as const,
    );
  const work = new Map(options("slurm-work.sbatch"));
  assert.match(work.get("array") ?? "", /^\d+-\d+$/);
  assert.match(work.get("cpus-per-task") ?? "", /^\d+$/);
  assert.match(work.get("signal") ?? "", /^B:TERM@\d+$/);
  for (const name of ["slurm-work.sbatch", "slurm-merge.sbatch"]) {
    const given = new Map(options(name));
    assert.match(given.get("time") ?? "", /^\d\d:\d\d:\d\d$/);
    // Options behind the first command are not read.
    const text = readFileSync(join(EXAMPLES, name), "utf8");
    assert.equal(text.slice(text.indexOf("\nset -")).includes("#SBATCH"), false);
  }
});

interface Manifest {
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is as its schema says
  spec: any;
}

const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));

function faultsOf(manifest: Manifest): string[] {
  const root = { ...schema, $ref: `#/definitions/${manifest.kind}` } as Schema;
  return new Validator(root, "7", false).validate(manifest).errors.map(({ error }) => error);
}

function manifestsOf(name: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(EXAMPLES, name), "utf8")).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Manifest;
  });
}

const manifests = ["kubernetes-work.yaml", "kubernetes-merge.yaml"].flatMap(manifestsOf);
const [claim, work, merge] = manifests as [Manifest, Manifest, Manifest];

test("Kubernetes: the manifests are what their schema says, and others are not", () => {
  assert.deepEqual(
    manifests.map(({ kind }) => kind),
    ["PersistentVolumeClaim", "Job", "Job"],
  );
  for (const manifest of manifests) assert.deepEqual(faultsOf(manifest), []);
  const spoil = (change: (spec: Manifest["spec"]) => void, of = work) => {
    const spoilt = structuredClone(of);
    change(spoilt.spec);
    assert.notDeepEqual(faultsOf(spoilt), [], String(change));
  };
  spoil((spec) => Object.assign(spec, { completion: 3 }));
  spoil((spec) => Object.assign(spec, { completions: "100" }));
  spoil((spec) => Object.assign(spec, { completions: 1.5 }));
  spoil((spec) => delete spec.template);
  spoil((spec) => delete spec.template.spec.containers);
  spoil((spec) => delete spec.template.spec.containers[0].name);
  spoil((spec) => Object.assign(spec.template.spec.containers[0], { volumeMount: [] }));
  spoil((spec) => Object.assign(spec.template.spec.containers[0].env[0], { value: 1 }));
  spoil((spec) => Object.assign(spec, { accessMode: ["ReadWriteMany"] }), claim);
});

test("Kubernetes: an indexed Job, for which each pod has a file that outlives it", () => {
  const { spec } = work;
  assert.equal(spec.completionMode, "Indexed");
  assert.ok(spec.parallelism <= spec.completions);
  // What backoffLimitPerIndex and podFailurePolicy ask for (Kubernetes, "Jobs").
  assert.equal(spec.template.spec.restartPolicy, "Never");
  assert.deepEqual(claim.spec.accessModes, ["ReadWriteMany"]);
  for (const { spec } of [work, merge]) {
    const [volume] = spec.template.spec.volumes;
    const [container] = spec.template.spec.containers;
    assert.equal(volume.persistentVolumeClaim.claimName, "sketches");
    assert.equal(container.volumeMounts[0].name, volume.name);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  }
});

test("Kubernetes: what the containers run, for two indexes, then the merge", () => {
  const cwd = newFolder("kubernetes-");
  const runContainer = ({ spec }: Manifest, env: Record<string, string>) => {
    const [container] = spec.template.spec.containers;
    const written = Object.fromEntries(
      // biome-ignore lint/suspicious/noExplicitAny: see Manifest
      container.env.map(({ name, value = "" }: any) => [name, value]),
    );
    return run(cwd, container.command, { ...written, ...env });
  };
  for (const index of ["0", "1"]) {
    const env = { ID, DURATION: "1s", THREADS: "1", SKETCHES: cwd, JOB_COMPLETION_INDEX: index };
    runContainer(work, env);
  }
  const merged = join(cwd, "merged.sketch");
  writeFileSync(merged, runContainer(merge, { SKETCHES: cwd }));
  assertMerged(
    merged,
    [0, 1].map((index) => join(cwd, `part-${index}.sketch`)),
  );
});
