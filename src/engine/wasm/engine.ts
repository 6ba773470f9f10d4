import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StampmillError } from "../../text/errors.ts";
import { packageRoot } from "../../text/package.ts";
import { ALGORITHMS, type Algorithm } from "../algorithms.ts";
import { type Engine, KernelRefusal } from "../contract.ts";
import type { CompleteJob } from "../job.ts";
import { type WasmModule, WasmProgram, webAssembly } from "./program.ts";
import { WasmSearch } from "./search.ts";

// The engine that needs no compiler: the files of wasm/ on worker threads of Node.

const ENDINGS = { wasm128: "", wasm: "-scalar" } as const;
type KernelName = keyof typeof ENDINGS;

/** A file of wasm/ in this thread. */
interface LoadedFile {
  readonly module: WasmModule;
  readonly here: WasmProgram;
  passed?: boolean;
}

let engine: Engine | undefined;

/**
 * The engine as WebAssembly, loaded once.
 *
 * @throws StampmillError `engine` if its files are missing, or there is no WebAssembly here
 */
export function wasmEngine(): Engine {
  engine ??= new WasmEngine(packageRoot());
  return engine;
}

class WasmEngine implements Engine {
  readonly compiler = "clang++ 19, WebAssembly";
  readonly #root: string;
  readonly #workerFile: string;
  /** The one that works here: with vectors, or, where a processor has none, without. */
  readonly #name: KernelName;
  readonly #files = new Map<Algorithm, LoadedFile>();

  constructor(root: string) {
    this.#root = root;
    this.#workerFile = join(root, "dist/wasm-worker.cjs");
    const files = ALGORITHMS.map((algorithm) => this.#fileOf("wasm128", algorithm));
    const missing = [this.#workerFile, ...files].find((file) => !existsSync(file));
    if (missing !== undefined) throw notThere(`${missing} is missing`);
    if (webAssembly === undefined) throw notThere("this process has no WebAssembly");
    const [file = ""] = files;
    this.#name = webAssembly.validate(readFileSync(file)) ? "wasm128" : "wasm";
  }

  kernels() {
    const passed = ALGORITHMS.every((algorithm) => this.#passes(algorithm));
    return [{ name: this.#name, supported: true, passed }];
  }

  chooseKernel(name: string, algorithm: Algorithm): string {
    if (name !== "" && name !== this.#name) throw new KernelRefusal("unknown");
    if (!this.#passes(algorithm)) throw new KernelRefusal("failed");
    return this.#name;
  }

  search(job: CompleteJob): WasmSearch {
    const kernel = this.chooseKernel(job.kernel, job.algorithm);
    return new WasmSearch(job, {
      kernel,
      ...this.#file(job.algorithm),
      workerFile: this.#workerFile,
    });
  }

  roofline(name: string, algorithm: Algorithm, seconds: number): number {
    this.chooseKernel(name, algorithm);
    return this.#file(algorithm).here.roofline(seconds);
  }

  #passes(algorithm: Algorithm): boolean {
    const file = this.#file(algorithm);
    file.passed ??= file.here.passesSelfTest();
    return file.passed;
  }

  #file(algorithm: Algorithm): LoadedFile {
    const known = this.#files.get(algorithm);
    if (known !== undefined) return known;
    if (webAssembly === undefined) throw notThere("this process has no WebAssembly");
    const module = new webAssembly.Module(readFileSync(this.#fileOf(this.#name, algorithm)));
    const file = { module, here: new WasmProgram(module) };
    this.#files.set(algorithm, file);
    return file;
  }

  #fileOf(kernel: KernelName, algorithm: Algorithm): string {
    return join(this.#root, "wasm", `${algorithm}${ENDINGS[kernel]}.wasm`);
  }
}

function notThere(reason: string): StampmillError {
  return new StampmillError("engine", `the engine as WebAssembly cannot be used: ${reason}`);
}
