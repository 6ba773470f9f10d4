import { leadingZeroBits } from "../../engine/algorithms.ts";
import { wrongKernel } from "../../engine/first-hit.ts";
import { badInput } from "../../text/errors.ts";
import {
  checkProofBits,
  type ProofSearch,
  type ProofSearchOptions,
  searchNumber,
} from "../search.ts";
import { idOf, isObject, type NostrEvent, readNote, serializeNote } from "./event.ts";
import { nonceShapes } from "./layout.ts";

export interface NostrMintOptions extends ProofSearchOptions {
  /**
   * The event as JSON has it: pubkey, kind, tags, content, and created_at or the clock's time. Its id
   * and its signature are dropped, and its nonce tags replaced.
   */
  event: unknown;
  /** The target that it commits to, 0 to 64. */
  bits: number;
  /** Set created_at to the clock's time. */
  updateTime?: boolean | undefined;
  /** The shortest nonce that does. */
  compact?: boolean | undefined;
}

export interface MintedNostr extends ProofSearch {
  /** Without a signature: that is for whoever has the key. */
  readonly event: NostrEvent;
  readonly bits: number;
}

const FIELDS = ["id", "sig", "pubkey", "created_at", "kind", "tags", "content"];

/**
 * Gives an event a nonce tag and an id with that many leading zero bits: NIP-13.
 *
 * @throws StampmillError as `searchNumber`; `bad-input` with the parameter `event` for what is none
 */
export async function mintNostr(options: NostrMintOptions): Promise<MintedNostr> {
  const bits = checkProofBits(options.bits);
  const { event, updateTime, compact } = options;
  if (!isObject(event)) throw badInput("event", "event is not an object");
  const unknown = Object.keys(event).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) {
    throw badInput(
      "event",
      `event has the field ${JSON.stringify(unknown)}, which is none of NIP-01`,
    );
  }
  const now = Math.floor(Date.now() / 1000);
  const note = readNote(updateTime ? { ...event, created_at: now } : event, now);
  if (typeof note === "string") throw badInput("event", `event cannot be minted: ${note}`);
  const others = note.tags.filter(([name]) => name !== "nonce");
  const withNonce = (nonce: string) => ({
    ...note,
    tags: [...others, ["nonce", nonce, String(bits)]],
  });
  const [before, after] = aroundNonce(withNonce(""), bits);
  const place = { before: before.length, after: after.length };
  const { number, search } = await searchNumber(
    { algorithm: "sha256", before, after, bits },
    nonceShapes(place, bits, compact === true),
    options,
  );
  const minted = withNonce(number);
  const id = idOf(minted);
  if (leadingZeroBits(id) < bits) throw wrongKernel(search.kernel, "proof", id);
  return { event: { id, ...minted }, bits, ...search };
}

/** What comes before and after the nonce, which is empty: its tag is the last one. */
function aroundNonce(
  note: Parameters<typeof serializeNote>[0],
  bits: number,
): [Uint8Array, Uint8Array] {
  const whole = serializeNote(note);
  const tail = serializeNote({ ...note, tags: [] });
  // From `]` of the list of tags on, the same in both.
  const rest = tail.slice(
    serializeNote({ ...note, tags: [], content: "" }).length - '],""]'.length,
  );
  const after = `","${bits}"]${rest}`;
  return [Buffer.from(whole.slice(0, whole.length - after.length)), Buffer.from(after)];
}
