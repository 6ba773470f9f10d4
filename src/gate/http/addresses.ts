import { BlockList, isIP, isIPv4 } from "node:net";
import { badInput } from "../../text/errors.ts";

/**
 * What is not counted by address unless said otherwise: this machine, and private networks. A proxy
 * brings everybody's connections from its own address, and hardly ever comes from anywhere else.
 */
export const DEFAULT_PROXIES = [
  "127.0.0.1",
  "::1",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "fc00::/7",
] as const;

/** The eight parts of an IPv6 address; null for what is none. */
function partsOf(address: string): number[] | null {
  const [bare = ""] = address.split("%", 1);
  if (isIP(bare) !== 6) return null;
  // The last four bytes may be written as those of IPv4.
  const text = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [256 * a + Number(b), 256 * c + Number(d)].map((part) => part.toString(16)).join(":"),
  );
  const [head = [], tail = []] = text
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((part) => Number.parseInt(part, 16))));
  return [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail];
}

/** Where IPv6 carries an address of IPv4: mapped ones, and those of translators (RFC 6052). */
const CARRIERS = ["0:0:0:0:0:ffff", "64:ff9b:0:0:0:0"];

/** Whom a connection counts for. */
export interface Origin {
  /** In a form of which there is one for each address. */
  readonly address: string;
  /** Of IPv6 the first 64 bits: whoever has one address there has them all. */
  readonly network: string | null;
}

/** Whom an address belongs to; null for none, as on a Unix socket. */
export function originOf(address: string | undefined): Origin | null {
  if (address === undefined) return null;
  if (isIPv4(address)) return { address, network: null };
  const parts = partsOf(address);
  if (parts === null) return null;
  const written = parts.map((part) => part.toString(16));
  if (CARRIERS.includes(written.slice(0, 6).join(":"))) {
    const [high = 0, low = 0] = parts.slice(6);
    const bytes = [high >> 8, high & 255, low >> 8, low & 255];
    return { address: bytes.join("."), network: null };
  }
  return { address: written.join(":"), network: `${written.slice(0, 4).join(":")}::/64` };
}

/** Whether an address, in the form that `originOf` gives it, is one of a list. */
export type AddressList = (address: string) => boolean;

/**
 * Reads a list of addresses and networks, such as `10.0.0.0/8`.
 *
 * @throws StampmillError `bad-input`
 */
export function readAddresses(list: readonly string[], place: string): AddressList {
  const known = new BlockList();
  list.forEach((entry, i) => {
    const [, text = "", length] = /^([\da-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const address = originOf(text)?.address;
    const most = isIPv4(text) ? 32 : 128;
    if (address === undefined || Number(length ?? 0) > most) {
      const where = `${place}[${i}]`;
      const shown = JSON.stringify(entry);
      throw badInput(
        where,
        `${where} must be an address, or a network such as 10.0.0.0/8, not ${shown}`,
      );
    }
    if (length === undefined) known.addAddress(address, familyOf(address));
    else known.addSubnet(text, Number(length), familyOf(text));
  });
  return (address) => known.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv4(address) ? "ipv4" : "ipv6");
