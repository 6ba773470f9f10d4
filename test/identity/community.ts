import { createHash } from "node:crypto";
import { type Identity, identityOf, identitySubject } from "../../src/identity/format.ts";
import {
  type Policy,
  type PolicyFields,
  readPolicy,
} from "../../src/identity/reputation/policy.ts";
import { scoreIdentities } from "../../src/identity/reputation/score.ts";
import { digestOf, NONCE_LENGTH } from "../../src/identity/sketch/message.ts";
import { emptySketch, SketchBuilder } from "../../src/identity/sketch/sketch.ts";
import { COUNTER_DIGITS } from "../../src/stamp/layout.ts";

// The community of docs/identity-story.md: ten members, and one attacker who has ten times what each
// of them has. A night of a laptop, 2^41 hashes, is 2^14 here; only what it is compared with counts.

export const NAMES = [1, 10, 100] as const;
const MEMBERS = 10;
const NIGHT = 2 ** 14;
export const BUDGET = MEMBERS * NIGHT;
/** Work that is worth a token, in bits: half a night. */
const UNIT = 13;

export const POLICIES: readonly PolicyFields[] = [
  { power: 1, unit: UNIT },
  { power: 1.3, unit: UNIT },
  { power: 1.3, unit: UNIT, cap: 5 },
];

const RUN_DIGITS = 16;

/** The sketch of exactly so much work, the same each time: its nonces count up behind a digest. */
export function seededIdentity(id: string, hashes: number, beacon = ""): Identity {
  const subject = identitySubject({ id, beacon });
  const seed = createHash("sha256").update(id).digest("base64").slice(0, RUN_DIGITS);
  const builder = new SketchBuilder(emptySketch(subject));
  for (let i = 0; i < hashes; i++) {
    const nonce = seed + counterDigits(i, NONCE_LENGTH - RUN_DIGITS);
    builder.add({ nonce, digest: digestOf(subject, nonce), time: 0 });
  }
  return identityOf(builder.sketch);
}

function counterDigits(value: number, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest = Math.floor(rest / 64)) {
    digits = COUNTER_DIGITS.charAt(rest % 64) + digits;
  }
  return digits;
}

export interface Community {
  readonly members: readonly Identity[];
  /** The attacker's names, for each number of them, with the same work behind them in all. */
  readonly attackers: ReadonlyMap<number, readonly Identity[]>;
}

export function buildCommunity(): Community {
  const members = Array.from({ length: MEMBERS }, (_, i) => seededIdentity(`member ${i}`, NIGHT));
  const attackers = NAMES.map((names) => {
    const each = Math.floor(BUDGET / names);
    const sybils = Array.from({ length: names }, (_, i) =>
      seededIdentity(`sybil ${i} of ${names}`, each),
    );
    return [names, sybils] as const;
  });
  return { members, attackers: new Map(attackers) };
}

/** What these names have together. */
export function tokensOf(identities: readonly Identity[], policy: Policy): number {
  return scoreIdentities(identities, policy).reduce((sum, { score }) => sum + score, 0);
}

/** The table of docs/identity-story.md, a row for each policy. */
export function communityTable({ members, attackers }: Community): string {
  const rows = POLICIES.map((fields) => {
    const policy = readPolicy(fields);
    const others = tokensOf(members, policy);
    const cells = NAMES.map((names) => {
      const tokens = tokensOf(attackers.get(names) ?? [], policy);
      return `${tokens.toFixed(1)} (${Math.round((100 * tokens) / (tokens + others))} %)`;
    });
    const cap = fields.cap === undefined ? "none" : String(fields.cap);
    return `| ${[fields.power, cap, others.toFixed(1), ...cells].join(" | ")} |\n`;
  });
  const head = NAMES.map((names) => (names === 1 ? "attacker, 1 name" : `${names} names`));
  return (
    `| power | cap | ten members | ${head.join(" | ")} |\n` +
    `| ---: | ---: | ---: | ---: | ---: | ---: |\n${rows.join("")}`
  );
}
