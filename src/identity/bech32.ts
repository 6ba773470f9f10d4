const CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

const PREFIX = "npub";
/** 32 bytes in fives of bits, and the checksum. */
const DATA_LENGTH = 52 + 6;

/**
 * Whether text in lower case is a Nostr public key: 32 bytes in bech32 behind `npub` (NIP-19), its
 * checksum right (BIP 173, "Checksum").
 */
export function isNpub(text: string): boolean {
  if (!text.startsWith(`${PREFIX}1`) || text.length !== PREFIX.length + 1 + DATA_LENGTH)
    return false;
  const values = [...text.slice(PREFIX.length + 1)].map((c) => CHARACTERS.indexOf(c));
  if (values.includes(-1)) return false;
  // 256 bits leave four of the last five, which must be zero.
  if (((values[51] ?? 0) & 0b1111) !== 0) return false;
  const codes = [...PREFIX].map((c) => c.charCodeAt(0));
  return polymod([...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...values]) === 1;
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [i, term] of GENERATOR.entries()) if ((top >> i) & 1) sum ^= term;
  }
  return sum;
}
