import type { Algorithm } from "../engine/algorithms.ts";

/** A number that somebody measured or published: its value, where it is from, and when. */
export interface Figure {
  readonly value: number;
  readonly source: string;
  /** The source's own date: a year, a month or a day. */
  readonly date: string;
}

/** What an attacker may compute with. */
export interface Device {
  readonly id: string;
  readonly name: string;
  readonly kind: "CPU" | "GPU";
  /** Hashes a second, of messages as short as a stamp. */
  readonly rates: Readonly<Record<Algorithm, Figure>>;
  /** Watts that it draws at most. Hashing may take less (hashcat issue 4486 tells why). */
  readonly watts: Figure;
  /** US dollars to buy it. */
  readonly price: Figure;
  /** US dollars for an hour of somebody else's. */
  readonly rental?: Figure;
}

const CHICK3NMAN_4090 =
  "hashcat 6.2.6 benchmark, https://gist.github.com/Chick3nman/32e662a5bb63bc4f51b847bb422222fd";
const CHICK3NMAN_5090 =
  "hashcat 6.2.6-851 benchmark, https://gist.github.com/Chick3nman/09bac0775e6393468c2925c1e1363d5c";
const RUNPOD = "RunPod, as listed by https://deploybase.ai/articles/runpod-gpu-pricing";

/**
 * The devices, slowest first. Each figure has its source and date; docs/cost.md has the same table,
 * and a test compares them. A figure without a source does not go in.
 */
export const DEVICES: readonly Device[] = [
  {
    id: "ryzen-7950x",
    name: "Ryzen 9 7950X",
    kind: "CPU",
    rates: {
      sha1: {
        value: 3.22e9,
        source: "derived: its SHA-256 rate times 2.17, as avx512 does here (README, How fast)",
        date: "2026-11",
      },
      sha256: {
        value: 1.485e9,
        source: "all 16 cores, AVX-512: README of https://github.com/eternal-flame-AD/pow-buster",
        date: "2025",
      },
    },
    watts: {
      value: 230,
      source:
        "package power limit of AMD's 170 W class, https://forums.theregister.com/post/reply/4506832",
      date: "2022-05",
    },
    price: {
      value: 699,
      source:
        "AMD's price at its launch, https://finance.yahoo.com/news/amd-ryzen-7000-desktop-cps-shipping-september-27th-042518920.html",
      date: "2022-08",
    },
  },
  {
    id: "rtx-4090",
    name: "RTX 4090",
    kind: "GPU",
    rates: {
      sha1: { value: 50_638.7e6, source: CHICK3NMAN_4090, date: "2022-10" },
      sha256: { value: 21_975.5e6, source: CHICK3NMAN_4090, date: "2022-10" },
    },
    watts: {
      value: 450,
      source:
        "NVIDIA's total graphics power, https://www.neowin.net/news/nvidia-rtx-4090-is-up-to-4x-faster-than-3090-ti-but-takes-450w-of-power-to-do-so/",
      date: "2022-09",
    },
    price: {
      value: 1599,
      source:
        "NVIDIA's price at its launch, https://www.tomsguide.com/news/nvidia-geforce-rtx-4090",
      date: "2022-10",
    },
    rental: { value: 0.34, source: RUNPOD, date: "2026-03" },
  },
  {
    id: "rtx-5090",
    name: "RTX 5090",
    kind: "GPU",
    rates: {
      sha1: {
        value: 69_769e6,
        source: "NVIDIA_GeForce_RTX_5090.txt of https://github.com/0x3444/hashcat_benchmarks",
        date: "2025",
      },
      sha256: { value: 28.4e9, source: CHICK3NMAN_5090, date: "2025-02" },
    },
    watts: {
      value: 575,
      source:
        "NVIDIA's total graphics power, https://www.lttlabs.com/articles/GPU/nvidia-geforce-rtx-5090-founders-edition",
      date: "2025-01",
    },
    price: {
      value: 1999,
      source:
        "NVIDIA's price at its launch, https://www.lttlabs.com/articles/GPU/nvidia-geforce-rtx-5090-founders-edition",
      date: "2025-01",
    },
    rental: { value: 0.69, source: RUNPOD, date: "2026-03" },
  },
];

/** US dollars for a kilowatt-hour, if nothing else is said. */
export const ELECTRICITY: Figure = {
  value: 0.18,
  source:
    "average US household, EIA Short-Term Energy Outlook of December 2025 (18.02 cents in 2026)",
  date: "2025-12",
};

/**
 * A stolen machine: one core of it, with AVX2, which its owner may not notice. Neither purchase nor
 * electricity is the thief's.
 */
export const BOT: Readonly<Record<Algorithm, Figure>> = {
  sha1: {
    value: 114e6,
    source: "this engine's avx2 kernel on one core (README, How fast)",
    date: "2026-11",
  },
  sha256: {
    value: 52e6,
    source: "this engine's avx2 kernel on one core (README, How fast)",
    date: "2026-11",
  },
};

/** What a thousand infected machines were sold for, in US dollars: elsewhere, and in the US or UK. */
export const THOUSAND_BOTS: { readonly least: Figure; readonly most: Figure } = {
  least: {
    value: 7,
    source: "Caballero, Grier, Kreibich, Paxson: Measuring Pay-per-Install, USENIX Security 2011",
    date: "2011-08",
  },
  most: {
    value: 180,
    source: "Caballero, Grier, Kreibich, Paxson: Measuring Pay-per-Install, USENIX Security 2011",
    date: "2011-08",
  },
};
