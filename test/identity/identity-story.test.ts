import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cheapest, costOf } from "../../src/difficulty/attackers.ts";
import { createGate } from "../../src/gate/gate.ts";
import { parsePolicy, readPolicy } from "../../src/identity/reputation/policy.ts";
import { creditFor, scoreIdentities } from "../../src/identity/reputation/score.ts";
import { breakEvenNames } from "../../src/identity/reputation/sybils.ts";
import { lowerBound } from "../../src/identity/sketch/estimate.ts";
import { openStore } from "../../src/store/open.ts";
import { cliEntry, cliEnvironment } from "../cli.ts";
import {
  BUDGET,
  buildCommunity,
  communityTable,
  NAMES,
  POLICIES,
  seededIdentity,
  tokensOf,
} from "./community.ts";
import { noSshKeygen } from "./openssh.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/identity-story.md", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stampmill-story-"));
after(() => rmSync(folder, { recursive: true }));

const text = readFileSync(DOCUMENT, "utf8");
const community = buildCommunity();

function blocks(language: string): string[] {
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...found].map(([, block = ""]) => block);
}

test("every command of the story does what it says", { skip: noSshKeygen }, () => {
  const [policy = ""] = blocks("json");
  writeFileSync(join(folder, "policy.json"), policy);
  const commands = blocks("sh");
  assert.equal(commands.length, 3);
  // `! command` ends no shell, so each line that must fail says when it does not.
  const script = commands.join("").replace(/^! (.*)$/gm, 'if $1; then echo "let through: $1"; fi');
  const stampmill = `stampmill() { '${process.execPath}' '${cliEntry}' "$@"; }`;
  const { status, stdout, stderr } = spawnSync("sh", ["-euc", `${stampmill}\n${script}`], {
    cwd: folder,
    env: cliEnvironment(),
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout + stderr);
  assert.doesNotMatch(stdout, /let through/);
  assert.match(stdout, /^valid "ssh-ed25519 .* hashes by 99.9 %\)$/m);
  assert.match(stdout, /^score +\d/m);
  assert.match(stdout, /^challenge \(it answers another challenge\)$/m);
  assert.match(stderr, /error: the key is not the identity's/);
  assert.match(stderr, /error: the challenge is from forum.example.org, not from mallory/);
  assert.match(stdout, /^order \(/m);
});

test("the table is what comes out", () => {
  const table = communityTable(community);
  const [shown = ""] = /^\| power.*?(?=\n\n)/ms.exec(text) ?? [];
  if (process.env.STAMPMILL_WRITE_TRANSCRIPTS) {
    writeFileSync(DOCUMENT, text.replace(shown, table.trimEnd()));
  } else {
    assert.equal(`${shown}\n`, table);
  }
});

test("what comes out is what was predicted, within the error that was predicted", () => {
  // What a name is certain to have done, of what it has: q/(k-1) on average, give or take 1/8.
  const [member] = community.members;
  assert.ok(member !== undefined);
  for (const fields of POLICIES) {
    const policy = readPolicy(fields);
    const { power, cap } = policy;
    for (const names of NAMES) {
      const certain = BUDGET / names / 1.523;
      const each = Math.min(cap, (certain / 2 ** policy.unit) ** power);
      const tokens = tokensOf(community.attackers.get(names) ?? [], policy);
      // Four standard deviations of the mean of so many names.
      const off = (4 * power) / Math.sqrt(62 * names);
      // The mean of a power is not the power of the mean: half of power (power - 1) variances more.
      const bent = 1 + (power * (power - 1)) / 2 / 62;
      assert.ok(Math.abs(tokens / (names * each * bent) - 1) < off, `${power}, ${cap}: ${names}`);
    }
  }
  assert.ok(Math.abs(lowerBound(member.sketch) / (2 ** 14 / 1.523) - 1) < 4 / Math.sqrt(62));
});

test("splitting gains nothing at a power of 1, loses above it, and gains under a cap", () => {
  const [linear, superlinear, capped] = POLICIES.map((fields) => {
    const policy = readPolicy(fields);
    const tokens = NAMES.map((names) => tokensOf(community.attackers.get(names) ?? [], policy));
    return tokens as [number, number, number];
  });
  assert.ok(linear && superlinear && capped);
  const near = (a: number, b: number, by: number) =>
    assert.ok(Math.abs(a / b - 1) < by, `${a} ${b}`);
  near(linear[2], linear[0], 0.5);
  near(superlinear[2] / superlinear[0], 100 ** -0.3, 0.6);
  assert.ok(superlinear[0] > superlinear[1] && superlinear[1] > superlinear[2]);
  assert.ok(capped[1] > 2.5 * capped[0]);
  const [one] = community.attackers.get(1) ?? [];
  const policy = readPolicy(POLICIES[2]);
  const [score] = scoreIdentities(one === undefined ? [] : [one], policy);
  const names = breakEvenNames(score?.counted ?? 0, policy) ?? 0;
  assert.ok(names > 350 && names < 500, `${names}`);
});

test("what the attacker's budget costs is what stampmill cost says", () => {
  const { id, seconds, dollars } = cheapest(costOf({ hashes: 10 * 2 ** 41, algorithm: "sha256" }));
  const [, minutes, device] = /are (\d+) minutes of one (.*?), and/.exec(text) ?? [];
  assert.equal(minutes, (seconds / 60).toFixed(0));
  assert.equal(device?.toLowerCase().replace(" ", "-"), id);
  assert.match(
    text,
    new RegExp(`and ${(100 * (dollars ?? 0)).toFixed(0)}\\ncents if it is bought`),
  );
});

test("a score is credit at the gate, and nothing is none", async () => {
  const policy = parsePolicy(blocks("json")[0] ?? "");
  const now = Date.UTC(2026, 10, 25);
  const identity = seededIdentity("alice", 100_000, "2026-11-24:first-block");
  const strange = seededIdentity("bob", 1000, "2026-11-24:a block of his own");
  const lastProofs = new Map([["alice", now]]);
  const scores = scoreIdentities([identity, strange], policy, { now, lastProofs });
  const [credit, none] = scores.map((score) => creditFor(score, policy));
  assert.ok(credit !== undefined && credit > 0);
  assert.equal(none, undefined);
  const store = await openStore(join(folder, "gate.db"));
  try {
    const gate = createGate({ store, terms: { newcomer: 10 }, now: () => now });
    const priceWith = async (given: number | undefined) =>
      (await gate.quote({ resource: "forum", poster: "alice", credit: given })).price;
    assert.ok((await priceWith(credit)) < (await priceWith(none)));
  } finally {
    await store.close();
  }
});
