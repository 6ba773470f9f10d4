import { createHmac } from "node:crypto";

/** Characters of a salt: 132 bits in base64url. */
const SALT_LENGTH = 22;

/**
 * How far ahead another server's clock may be when it gives out a salt of the next period, in
 * milliseconds.
 */
const CLOCK_SKEW = 5000;

/** Salts for posters of a board, a new one in each period. */
export class Salts {
  readonly #secret: Uint8Array;
  readonly #rotate: number;

  /** @param rotate length of a period in milliseconds */
  constructor(secret: Uint8Array, rotate: number) {
    this.#secret = secret;
    this.#rotate = rotate;
  }

  /** The salt of the present period, and for how many milliseconds it is good. */
  current(board: string, poster: string, now: number): { salt: string; holds: number } {
    const period = Math.floor(now / this.#rotate);
    return { salt: this.#salt(period, board, poster), holds: (period + 2) * this.#rotate - now };
  }

  /** Those that are good now: of this period and the one before, at its turn also of the next. */
  good(board: string, poster: string, now: number): string[] {
    const first = Math.floor(now / this.#rotate) - 1;
    const last = Math.floor((now + CLOCK_SKEW) / this.#rotate);
    const salts: string[] = [];
    for (let period = last; period >= first; period--) {
      salts.push(this.#salt(period, board, poster));
    }
    return salts;
  }

  #salt(period: number, board: string, poster: string): string {
    return createHmac("sha256", this.#secret)
      .update(`${period}:${board.length}:${board}${poster}`)
      .digest("base64url")
      .slice(0, SALT_LENGTH);
  }
}
