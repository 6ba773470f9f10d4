import type { MessagePort, Worker } from "node:worker_threads";
import type { EngineEnd, EngineSearch } from "../contract.ts";
import type { CompleteJob } from "../job.ts";
import type { WasmModule, WasmProgram } from "./program.ts";
import { SharedWords, sharedMemory, THREAD, type ThreadData } from "./shared.ts";
import { searchSlices } from "./slices.ts";

// A search with WebAssembly on worker threads of Node. They begin without this thread's event loop, and
// what they find can be taken without it, too.

/** Loaded when it is needed, since most processes never search with WebAssembly. */
const workerThreads = () => process.getBuiltinModule("node:worker_threads");

/** To start a thread takes as long as so many hashes; fewer are not shared out. */
const TRIES_WORTH_A_THREAD = 2 ** 20;
/**
 * A search that is expected to take fewer does so before it returns, in about a millisecond; no longer than
 * for twice as many.
 */
const TRIES_AT_ONCE = 2 ** 16;
/** A thread of Node takes some ten megabytes. */
const MOST_THREADS = 64;

/** What a search runs: a kernel's program for the job's algorithm, and the file of worker.ts. */
export interface Program {
  readonly kernel: string;
  readonly module: WasmModule;
  /** For what is searched on this thread; it holds one search at a time. */
  readonly here: WasmProgram;
  readonly workerFile: string;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  over: boolean;
}

function expectedTries({ limit, count, wanted }: CompleteJob): number {
  const perHit = 2 ** 64 / (Number(limit) + 1);
  return wanted === 0n ? Number(count) : Math.min(Number(count), Number(wanted) * perHit);
}

/** How many threads are of use. */
function usefulThreads(job: CompleteJob): number {
  const worth = 1 + Math.floor(expectedTries(job) / TRIES_WORTH_A_THREAD);
  return Math.min(job.threads, MOST_THREADS, worth);
}

export class WasmSearch implements EngineSearch {
  readonly done: Promise<EngineEnd>;
  readonly #count: bigint;
  readonly #wanted: bigint;
  readonly #kernel: string;
  readonly #words: SharedWords;
  readonly #places: number;
  readonly #threads: Thread[] = [];
  #hits: bigint[] = [];
  #running = 0;
  #cancelled = false;
  #settle!: { resolve: (end: EngineEnd) => void; reject: (cause: Error) => void };

  constructor(job: CompleteJob, program: Program) {
    const { count, wanted } = job;
    this.#count = count;
    this.#wanted = wanted;
    this.#kernel = program.kernel;
    const threads = usefulThreads(job);
    // The last place is that of this thread.
    this.#places = threads + 1;
    const memory = sharedMemory(this.#places);
    this.#words = new SharedWords(memory);
    this.#words.limit = job.limit;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    if (expectedTries(job) <= TRIES_AT_ONCE && this.#searchHere(job, program.here)) return;
    const { algorithm, message, positions, alphabet, limit, start, nice } = job;
    const rest = { algorithm, message, positions, alphabet, limit, start, count, wanted, nice };
    for (let index = 0; index < threads; index++) {
      this.#start({ job: rest, module: program.module, memory, index }, program.workerFile);
    }
  }

  /** Whether the search has ended with that. */
  #searchHere(job: CompleteJob, program: WasmProgram): boolean {
    const words = this.#words;
    const handOver = (hits: bigint[]) => {
      words.wait(hits.length);
      for (const hit of hits) this.#hits.push(hit);
    };
    words.setBegun(process.hrtime.bigint());
    const part = { job, program, words, index: this.#places - 1, handOver };
    const ended = searchSlices(part, BigInt(2 * TRIES_AT_ONCE));
    words.setEnded(process.hrtime.bigint());
    if (ended) this.#report();
    return ended;
  }

  #start(data: ThreadData, file: string): void {
    const { MessageChannel, Worker } = workerThreads();
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(file, {
      workerData: { ...data, port: port2 },
      transferList: [port2],
      // What this process was started with, such as loaders for tests, is not for its threads.
      execArgv: [],
    });
    const thread = { worker, port: port1, over: false };
    this.#threads.push(thread);
    this.#running += 1;
    worker.on("message", () => this.#end(thread));
    worker.on("error", (cause) => this.#fail(thread, cause));
    worker.on("exit", (code) => this.#fail(thread, new Error(`a thread ended with code ${code}`)));
  }

  /** One thread has nothing more to do, so those that have not begun have nothing to do either. */
  #end(thread: Thread): void {
    this.#close(thread);
    this.#dismiss();
  }

  #dismiss(): void {
    this.#threads.forEach((thread, i) => {
      if (!thread.over && this.#words.leaveStart(i, THREAD.dismissed)) this.#close(thread);
    });
  }

  #close(thread: Thread): void {
    if (thread.over) return;
    this.#drain(thread);
    thread.over = true;
    thread.port.close();
    this.#running -= 1;
    if (this.#running === 0) this.#report();
  }

  #report(): void {
    this.#settle.resolve({
      ending: this.#ending(),
      tried: this.tried(),
      // Not how long Node takes to start a thread.
      seconds: this.#words.seconds,
      threads: Math.max(1, this.#threads.length),
      kernel: this.#kernel,
    });
  }

  /** A thread that goes away by itself leaves counters behind that nobody has tried. */
  #fail(thread: Thread, cause: Error): void {
    if (thread.over) return;
    this.#settle.reject(cause);
    this.#words.stop();
    this.#end(thread);
  }

  #ending(): EngineEnd["ending"] {
    if (this.#wanted !== 0n && this.#words.found >= this.#wanted) return "found";
    return this.#cancelled ? "cancelled" : "exhausted";
  }

  tried(): bigint {
    const tried = this.#words.tried(this.#places);
    // The groups at both ends of the range reach beyond it.
    return tried < this.#count ? tried : this.#count;
  }

  cancel(): void {
    if (this.#running === 0) return;
    this.#cancelled = true;
    this.#words.stop();
    this.#dismiss();
  }

  lower(limit: bigint): void {
    this.#words.lower(limit);
  }

  take(): bigint[] {
    for (const thread of this.#threads) if (!thread.over) this.#drain(thread);
    const taken = this.#hits;
    this.#hits = [];
    if (taken.length > 0) this.#words.wait(-taken.length);
    return taken;
  }

  #drain({ port }: Thread): void {
    const { receiveMessageOnPort } = workerThreads();
    for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
      for (const hit of got.message as BigUint64Array) this.#hits.push(hit);
    }
  }
}
