// The target of a header: four bytes that write a number of 256 bits in base 256, as Bitcoin Core's
// arith_uint256::SetCompact reads them and CheckProofOfWork takes them.

/** Why nBits are no target. */
export type TargetProblem = "negative" | "zero" | "overflow";

/** The networks, and the easiest target that each allows: powLimit of Core's chainparams.cpp. */
const LIMITS = {
  main: (1n << 224n) - 1n,
  testnet: (1n << 224n) - 1n,
  signet: 0x377aen << 216n,
  regtest: (1n << 255n) - 1n,
} as const;

export type BitcoinNetwork = keyof typeof LIMITS;

export const BITCOIN_NETWORKS = Object.keys(LIMITS) as readonly BitcoinNetwork[];

export function limitOfNetwork(network: BitcoinNetwork): bigint {
  return LIMITS[network];
}

/** The target that nBits stand for, from 1 to 2^256 - 1; or why they stand for none. */
export function readTarget(nBits: number): bigint | TargetProblem {
  const size = nBits >>> 24;
  const mantissa = nBits & 0x7fffff;
  const word = size <= 3 ? mantissa >>> (8 * (3 - size)) : mantissa;
  if (word === 0) return "zero";
  if ((nBits & 0x800000) !== 0) return "negative";
  if (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32)) return "overflow";
  return size <= 3 ? BigInt(word) : BigInt(word) << BigInt(8 * (size - 3));
}

/** How many hashes a target takes on average: 2^256 / (target + 1), rounded down as Core does. */
export function workOf(target: bigint): bigint {
  return (1n << 256n) / (target + 1n);
}

/** How many times as hard as the easiest target of the main network, as Core's GetDifficulty tells it. */
export function difficultyOf(nBits: number): number {
  return (0xffff / (nBits & 0xffffff)) * 256 ** (29 - (nBits >>> 24));
}
