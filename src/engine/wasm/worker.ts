import { setPriority } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { WasmProgram } from "./program.ts";
import { SharedWords, THREAD, type ThreadData } from "./shared.ts";
import { searchSlices } from "./slices.ts";

// A thread of a search with WebAssembly, as search.ts starts it.

const { job, module, memory, index, port } = workerData as ThreadData & { port: MessagePort };
const words = new SharedWords(memory);

if (words.leaveStart(index, THREAD.searching)) {
  words.setBegun(process.hrtime.bigint());
  if (job.nice) yieldToOthers();
  searchSlices({ job, program: new WasmProgram(module), words, index, handOver });
  words.setEnded(process.hrtime.bigint());
  parentPort?.postMessage("ended");
}

/** On Linux a nice value belongs to a thread; elsewhere it is that of the process, which keeps its own. */
function yieldToOthers(): void {
  if (process.platform === "linux") setPriority(19);
}

function handOver(found: bigint[]): void {
  const hits = BigUint64Array.from(found);
  port.postMessage(hits, [hits.buffer as ArrayBuffer]);
  // Not hits.length: what was transferred is empty here.
  words.wait(found.length);
  words.waitForRoom();
}
