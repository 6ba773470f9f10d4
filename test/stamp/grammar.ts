// The grammar of stamps and the rules of verify a second time, slow and plain, as a second opinion.
import { createHash } from "node:crypto";

const DAY = 86_400_000;

/** What a stamp of version 1 says. */
interface Reading {
  readonly bits: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly resource: string;
  readonly algorithm: string;
}

/** A stamp of version 1, or null for any other text. */
function readPlainly(text: string, now: number): Reading | null {
  const match =
    /^1:(0|[1-9]\d{0,2}):((?:\d\d){3}|(?:\d\d){5,6}):([!-9;-~]+):([!-9;-~]*):[\w+/=]*:[\w+/=]+$/.exec(
      text,
    );
  const [, bits = "", date = "", resource = "", ext = ""] = match ?? [];
  const fields = text.split(":");
  if (match === null || /_/.test(`${fields[5]}${fields[6]}`) || text.length > 4096) return null;
  const time = timeOf(date, now);
  const names = ext.split(";").filter((option) => /^alg(=|$)/i.test(option));
  const algorithm = { "": "sha1", "alg=sha1": "sha1", "alg=sha256": "sha256" }[names.join(";")];
  if (time === null || algorithm === undefined) return null;
  if (Number(bits) > (algorithm === "sha1" ? 160 : 256)) return null;
  return { bits: Number(bits), time, resource, algorithm };
}

function timeOf(date: string, now: number): number | null {
  const [year = 0, month = 0, day = 0, ...clock] = (date.match(/\d\d/g) ?? []).map(Number);
  const [hour = 0, minute = 0, second = 0] = clock;
  const thisYear = new Date(now).getUTCFullYear();
  const full = [1900, 2000, 2100]
    .map((century) => century + year)
    .find((candidate) => candidate >= thisYear - 49 && candidate <= thisYear + 50);
  if (full === undefined) return null;
  const time = Date.UTC(full, month - 1, day, hour, minute, second);
  const back = new Date(time).toISOString().replace(/\D/g, "").slice(2, 14);
  return back === date.padEnd(12, "0") ? time : null;
}

/** Whether the text is a stamp of version 1 that can be read at all. */
export function isPlainStamp(text: string, now: number): boolean {
  return readPlainly(text, now) !== null;
}

/** Whether a stamp is good for a resource and bits, with 28 days and 2 days of grace. */
export function isPlainlyGood(text: string, resource: string, bits: number, now: number): boolean {
  const stamp = readPlainly(text, now);
  if (stamp === null || stamp.resource !== resource || stamp.bits < bits) return false;
  if (stamp.time > now + 2 * DAY || stamp.time + 30 * DAY <= now) return false;
  const digest = createHash(stamp.algorithm).update(text).digest("hex");
  return BigInt(`0x${digest}`) < 1n << BigInt(4 * digest.length - stamp.bits);
}
