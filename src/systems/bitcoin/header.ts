import { createHash } from "node:crypto";
import { badInput } from "../../text/errors.ts";
import {
  BITCOIN_NETWORKS,
  type BitcoinNetwork,
  difficultyOf,
  limitOfNetwork,
  readTarget,
  type TargetProblem,
  workOf,
} from "./target.ts";

/** Hexadecimal digits of a header: 80 bytes. */
export const HEADER_DIGITS = 160;

/**
 * Why a header does not count. `bad-target`: its nBits stand for no target. `above-limit`: its target is
 * easier than its network allows. `missing-work`: its hash is above its target. `wrong-parent`: it does
 * not name the header that it is to follow.
 */
export type BitcoinReason =
  | "malformed"
  | "bad-target"
  | "above-limit"
  | "missing-work"
  | "wrong-parent";

export interface BitcoinVerdict {
  readonly valid: boolean;
  readonly reason: BitcoinReason | null;
  /** What its nBits are instead of a target. */
  readonly problem: TargetProblem | null;
  /** Hashes in hexadecimal, as block explorers show them; null, like what follows, if it is malformed. */
  readonly hash: string | null;
  readonly version: number | null;
  readonly previous: string | null;
  readonly merkleRoot: string | null;
  /** Seconds since 1970. */
  readonly time: number | null;
  /** As eight hexadecimal digits, the size first. */
  readonly nBits: string | null;
  readonly nonce: number | null;
  /** As 64 hexadecimal digits; null, like what follows, if there is none. */
  readonly target: string | null;
  readonly difficulty: number | null;
  /** Hashes that it takes on average, in decimal. */
  readonly work: string | null;
}

export interface BitcoinRequirements {
  /** `main` by default. */
  network?: BitcoinNetwork | undefined;
  /** The hash of the header that it must follow; any by default. */
  parent?: string | undefined;
}

const NOTHING = {
  ...{ hash: null, version: null, previous: null, merkleRoot: null, time: null, nBits: null },
  ...{ nonce: null, target: null, difficulty: null, work: null },
};

/**
 * Judges the proof of work of a block's header. Whether its target is the one that the blocks before it
 * ask for is not judged, and nothing of what is in the block.
 *
 * @param header 80 bytes in hexadecimal, in either case
 * @throws StampmillError `bad-input` for requirements that cannot stand
 */
export function verifyBitcoin(
  header: string,
  { network = "main", parent }: BitcoinRequirements = {},
): BitcoinVerdict {
  if (!BITCOIN_NETWORKS.includes(network)) {
    throw badInput("network", `network must be one of ${BITCOIN_NETWORKS.join(", ")}`);
  }
  if (parent !== undefined && !(typeof parent === "string" && /^[0-9a-f]{64}$/.test(parent))) {
    throw badInput("parent", "parent must be 64 lower-case hexadecimal digits");
  }
  if (header.length !== HEADER_DIGITS || !/^[0-9a-fA-F]+$/.test(header)) {
    return { valid: false, reason: "malformed", problem: null, ...NOTHING };
  }
  const bytes = Buffer.from(header, "hex");
  const fields = readFields(bytes);
  const nBits = bytes.readUInt32LE(72);
  const target = readTarget(nBits);
  if (typeof target === "string") {
    return { valid: false, reason: "bad-target", problem: target, ...NOTHING, ...fields };
  }
  const known = {
    ...fields,
    target: target.toString(16).padStart(64, "0"),
    difficulty: difficultyOf(nBits),
    work: workOf(target).toString(),
  };
  const reason = reasonAgainst(known, limitOfNetwork(network), parent);
  return { valid: reason === null, reason, problem: null, ...known };
}

function readFields(bytes: Buffer) {
  return {
    hash: reversed(sha256(sha256(bytes))),
    version: bytes.readInt32LE(0),
    previous: reversed(bytes.subarray(4, 36)),
    merkleRoot: reversed(bytes.subarray(36, 68)),
    time: bytes.readUInt32LE(68),
    nBits: reversed(bytes.subarray(72, 76)),
    nonce: bytes.readUInt32LE(76),
  };
}

/** Of hexadecimal digits of one length and case, text and number have the same order. */
function reasonAgainst(
  { hash, previous, target }: { hash: string; previous: string; target: string },
  limit: bigint,
  parent: string | undefined,
): BitcoinReason | null {
  if (BigInt(`0x${target}`) > limit) return "above-limit";
  if (hash > target) return "missing-work";
  return parent === undefined || parent === previous ? null : "wrong-parent";
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Numbers of Bitcoin are stored with their lowest byte first, and shown with their highest. */
function reversed(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString("hex");
}
