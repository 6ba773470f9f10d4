import { hash } from "node:crypto";
import { Recent } from "./recent.ts";

/** Characters of a salt: 132 bits in base64url. */
const SALT_LENGTH = 22;

/**
 * How far ahead another server's clock may be when it gives out a salt of the next period, in
 * milliseconds.
 */
const CLOCK_SKEW = 5000;

/** Bytes that SHA-256 takes at a time, and that its digest has. */
const BLOCK = 64;
const DIGEST = 32;

/** Makes salts from a secret, for each poster of a board a new one in each period. */
export class SaltSource {
  readonly #keyed: KeyedHash;
  readonly #rotate: number;
  readonly #recent = new Recent<PosterSalts>();
  #period = Number.NaN;

  /** @param rotate length of a period in milliseconds */
  constructor(secret: Uint8Array, rotate: number) {
    this.#keyed = new KeyedHash(secret);
    this.#rotate = rotate;
  }

  /**
   * The salts of one poster in the period that it is now.
   *
   * @param name the poster's on its board, as `readRequest` makes it
   */
  for(name: string, now: number): PosterSalts {
    const period = Math.floor(now / this.#rotate);
    if (period !== this.#period) this.#recent.clear();
    this.#period = period;
    return this.#recent.get(name, () => new PosterSalts(this.#keyed, name, this.#rotate, period));
  }
}

/** The salts of one poster in one period, each made when it is asked for. */
export class PosterSalts {
  readonly #keyed: KeyedHash;
  readonly #name: string;
  readonly #rotate: number;
  readonly #period: number;
  #current: string | null = null;
  #before: string | null = null;
  #next: string | null = null;

  constructor(keyed: KeyedHash, name: string, rotate: number, period: number) {
    this.#keyed = keyed;
    this.#name = name;
    this.#rotate = rotate;
    this.#period = period;
  }

  /** The salt to mint with. */
  get current(): string {
    this.#current ??= this.#make(this.#period);
    return this.#current;
  }

  /** For how many milliseconds that is good: its period's rest and all of the next. */
  holds(now: number): number {
    return (this.#period + 2) * this.#rotate - now;
  }

  /** Whether it is the salt of this period or the one before; at its turn also of the next. */
  isGood(salt: string, now: number): boolean {
    if (salt === this.current) return true;
    this.#before ??= this.#make(this.#period - 1);
    if (salt === this.#before) return true;
    if (now + CLOCK_SKEW < (this.#period + 1) * this.#rotate) return false;
    this.#next ??= this.#make(this.#period + 1);
    return salt === this.#next;
  }

  #make(period: number): string {
    return this.#keyed.digest(`${period}:${this.#name}`).slice(0, SALT_LENGTH);
  }
}

/**
 * HMAC-SHA-256 (RFC 2104) of short texts. Two calls of the one-shot `hash` take half as long as
 * `createHmac`, and leave no native object for the garbage collector.
 */
export class KeyedHash {
  readonly #inner: Buffer;
  /** The key for outside, and room for the digest within. */
  readonly #outer: Buffer;

  constructor(key: Uint8Array) {
    const block = Buffer.alloc(BLOCK);
    block.set(key.length > BLOCK ? Buffer.from(hash("sha256", key, "hex"), "hex") : key);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c)], BLOCK + DIGEST);
  }

  /** In base64url. */
  digest(text: string): string {
    const inner = Buffer.allocUnsafe(BLOCK + Buffer.byteLength(text));
    this.#inner.copy(inner);
    inner.write(text, BLOCK);
    this.#outer.write(hash("sha256", inner, "hex"), BLOCK, "hex");
    return hash("sha256", this.#outer, "base64url");
  }
}
