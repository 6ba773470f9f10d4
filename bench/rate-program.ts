import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Algorithm } from "../src/engine/algorithms.ts";

/** One kernel's figures, as native/bench/rate.cpp prints them; hashes a second. */
export interface Rate {
  kernel: string;
  algorithm: Algorithm;
  search: "shared" | "general";
  threads: number;
  /** Of one long search. */
  sustained: number;
  /** Of slices of ten milliseconds, each a search of its own. */
  median: number;
  best: number;
  /** What the processor could do at best, in the same run. */
  roofline: number;
  ofRoofline: number;
  compiler: string;
}

const root = join(import.meta.dirname, "..");

/** The program that times kernels, built with a compiler. */
export class RateProgram {
  readonly #program: string;

  constructor(readonly compiler: string) {
    const folder = join(root, `build-bench-${compiler}`);
    const configure = ["-S", root, "-B", folder, "-DSTAMPMILL_BENCH=ON"];
    configure.push(`-DCMAKE_CXX_COMPILER=${compiler}`, "-DCMAKE_BUILD_TYPE=Release");
    execFileSync("cmake", configure, { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("cmake", ["--build", folder, "--parallel"], { stdio: ["ignore", 2, 2] });
    this.#program = join(folder, "stampmill_rate");
  }

  /** Measures for some seconds on the given processors. */
  measure(
    kernel: string,
    algorithm: Algorithm,
    search: Rate["search"],
    { threads = 1, seconds = 1, processors = "0" } = {},
  ): Rate {
    const args = [kernel, algorithm, search, String(threads), String(seconds)];
    const pinned = ["-c", processors, this.#program, ...args];
    return JSON.parse(execFileSync("taskset", pinned, { encoding: "utf8" }));
  }
}
