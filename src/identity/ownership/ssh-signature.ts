/** What an SSH signature begins with, and the only version there is (OpenSSH, PROTOCOL.sshsig). */
const BEGIN = Buffer.concat([Buffer.from("SSHSIG"), Buffer.from([0, 0, 0, 1])]);

/**
 * The key that a signature of OpenSSH says it is by, as an id: type and base64. Whether that is so
 * only ssh-keygen tells. Undefined if it is no such signature.
 */
export function signerOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (!bytes.subarray(0, BEGIN.length).equals(BEGIN)) return undefined;
  const key = stringAt(bytes, BEGIN.length);
  const type = key === undefined ? undefined : stringAt(key, 0);
  return key === undefined || type === undefined
    ? undefined
    : `${type.toString("latin1")} ${key.toString("base64")}`;
}

/** A string behind its length, as SSH writes it (RFC 4251, section 5). */
function stringAt(bytes: Buffer, at: number): Buffer | undefined {
  if (bytes.length < at + 4) return undefined;
  const end = at + 4 + bytes.readUInt32BE(at);
  return end <= bytes.length ? bytes.subarray(at + 4, end) : undefined;
}
