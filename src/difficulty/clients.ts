import type { Algorithm } from "../engine/algorithms.ts";
import type { Figure } from "./devices.ts";

/** What people post from, as far as it mints: for whoever asks how many bits to demand of them. */
export interface Client {
  readonly name: string;
  /** Hashes a second, with all cores that it would use. */
  readonly rates: Readonly<Record<Algorithm, Figure>>;
}

const README = "this engine, README, How fast";

/**
 * A table of three, rough on purpose: devices of one kind differ by a factor of three and more, and a
 * browser's own SHA is a hundredth of what the engine does on the same processor. Each figure has its
 * source and date; docs/difficulty.md has the same table, and a test compares them.
 */
export const CLIENTS = {
  phone: {
    name: "a phone of the middle range, in its browser",
    rates: {
      sha1: {
        value: 300e3,
        source: "taken to be that of SHA-256: in a browser the calls take most of the time",
        date: "2026-11",
      },
      sha256: {
        value: 300e3,
        source: "20 bits in 3 to 4 s, one report: https://github.com/TecharoHQ/anubis/issues/1478",
        date: "2026-02",
      },
    },
  },
  laptop: {
    name: "a laptop with four cores and AVX2, with stampmill",
    rates: {
      sha1: {
        value: 430e6,
        source: `derived: avx2 on one core, ${README}, times 4, with 95 % efficiency`,
        date: "2026-11",
      },
      sha256: {
        value: 200e6,
        source: `derived: avx2 on one core, ${README}, times 4, with 95 % efficiency`,
        date: "2026-11",
      },
    },
  },
  server: {
    name: "a small server, two cores with AVX-512, with stampmill",
    rates: {
      sha1: {
        value: 473e6,
        source: `avx512 on one core of an EPYC (Zen 4), ${README}, times 1.9 for two`,
        date: "2026-11",
      },
      sha256: {
        value: 219e6,
        source: `avx512 on one core of an EPYC (Zen 4), ${README}, times 1.9 for two`,
        date: "2026-11",
      },
    },
  },
} as const satisfies Record<string, Client>;

export type ClientName = keyof typeof CLIENTS;

export const CLIENT_NAMES = Object.keys(CLIENTS) as ClientName[];
