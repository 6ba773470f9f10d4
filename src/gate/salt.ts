import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Characters of a salt: 132 bits in base64url. */
const SALT_LENGTH = 22;

/**
 * How far ahead another server's clock may be when it gives out a salt of the next period, in
 * milliseconds.
 */
const CLOCK_SKEW = 5000;

/** Makes salts from a secret, for each poster of a board a new one in each period. */
export class SaltSource {
  readonly #key: KeyObject;
  readonly #rotate: number;

  /** @param rotate length of a period in milliseconds */
  constructor(secret: Uint8Array, rotate: number) {
    this.#key = createSecretKey(secret);
    this.#rotate = rotate;
  }

  /** The salts of one poster as they are now. */
  for(board: string, poster: string, now: number): PosterSalts {
    const name = `${board.length}:${board}${poster}`;
    const make = (period: number) =>
      createHmac("sha256", this.#key)
        .update(`${period}:${name}`)
        .digest("base64url")
        .slice(0, SALT_LENGTH);
    return new PosterSalts(make, this.#rotate, now);
  }
}

/** The salts of one poster at one moment, each made when it is asked for. */
export class PosterSalts {
  readonly #make: (period: number) => string;
  readonly #rotate: number;
  readonly #now: number;
  readonly #made = new Map<number, string>();

  constructor(make: (period: number) => string, rotate: number, now: number) {
    this.#make = make;
    this.#rotate = rotate;
    this.#now = now;
  }

  /** The salt to mint with. */
  get current(): string {
    return this.#of(this.#period);
  }

  /** For how many milliseconds that is good: the rest of its period and the whole of the next. */
  get holds(): number {
    return (this.#period + 2) * this.#rotate - this.#now;
  }

  /** Whether it is the salt of this period or the one before; at its turn also of the next. */
  isGood(salt: string): boolean {
    const period = this.#period;
    if (salt === this.#of(period) || salt === this.#of(period - 1)) return true;
    const next = Math.floor((this.#now + CLOCK_SKEW) / this.#rotate);
    return next !== period && salt === this.#of(next);
  }

  get #period(): number {
    return Math.floor(this.#now / this.#rotate);
  }

  #of(period: number): string {
    let salt = this.#made.get(period);
    if (salt === undefined) {
      salt = this.#make(period);
      this.#made.set(period, salt);
    }
    return salt;
  }
}
