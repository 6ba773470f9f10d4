import type { NostrEvent } from "./event.ts";

/** Whether it is the signature of the event's id by its pubkey. */
export type SignatureCheck = (event: NostrEvent, signature: unknown) => boolean;

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

/** Loads what checks signatures: Schnorr on secp256k1, BIP 340. Nothing else needs it. */
export async function loadNostrSignatureCheck(): Promise<SignatureCheck> {
  const { schnorr } = await import("@noble/curves/secp256k1.js");
  return ({ id, pubkey }, signature) => {
    if (typeof signature !== "string" || !/^[0-9a-f]{128}$/.test(signature)) return false;
    try {
      return schnorr.verify(bytes(signature), bytes(id), bytes(pubkey));
    } catch {
      return false;
    }
  };
}
