import { hash, randomBytes } from "node:crypto";
import { SaltSource } from "../src/gate/salt.ts";
import { formatStampDate } from "../src/text/date.ts";

/** What every post costs, in bits: the same for ever, so that each verdict is known beforehand. */
export const PRICE = 4;

export const SECRET = "a secret of the benchmark";

/** Long enough that no salt runs out. */
export const ROTATE = "1d";

const DAY = 86_400_000;
const BOARD = "bench";
const POSTERS = 1000;

/** Why a post is to be refused; null if it is to be accepted. */
export type Expected = null | "missing-work" | "wrong-salt" | "underpaid" | "spent";

export interface PreparedPost {
  readonly body: string;
  readonly expected: Expected;
}

/** Makes posts whose verdicts are known. */
export class PostMaker {
  readonly #salts = new SaltSource(Buffer.from(SECRET), DAY);
  readonly #run = randomBytes(6).toString("base64url");
  readonly #date = formatStampDate(new Date(), 12);
  #made = 0;

  /** A post of a message that there never was before, with so many stamps. */
  make(expected: Exclude<Expected, "spent">, stamps = 1): PreparedPost {
    const poster = `poster-${this.#made % POSTERS}`;
    const digest = hash("sha256", `${this.#run}-${this.#made++}`, "hex");
    const owner = expected === "wrong-salt" ? "somebody else" : poster;
    const salt = this.#salts.for(`${BOARD.length}:${BOARD}${owner}`, Date.now()).current;
    const bits = expected === "underpaid" ? PRICE - 1 : PRICE;
    const head = `1:${bits}:${this.#date}:${BOARD}/${salt}/${digest}::`;
    const list = Array.from({ length: stamps }, () => search(head, expected !== "missing-work"));
    const post = { stamps: list, resource: BOARD, poster, digest };
    return { body: JSON.stringify(post), expected };
  }
}

/** A stamp that has the bits of its head, or one that only says so. */
function search(head: string, good: boolean): string {
  const start = `${head}${randomBytes(12).toString("base64")}:`;
  for (let tries = 0; ; tries++) {
    const stamp = start + tries.toString(36);
    const zero = hash("sha1", stamp, "hex").startsWith("0");
    if (zero === good) return stamp;
  }
}
