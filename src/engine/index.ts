// The door stampmill/engine: searches of any message, at speed.

export {
  ALGORITHMS,
  type Algorithm,
  DIGEST_BITS,
  leadingZeroBits,
  stampDigest,
} from "./algorithms.ts";
export {
  type KernelInfo,
  kernels,
  measureRoofline,
  type RunningSearch,
  type SearchEnd,
  startSearch,
} from "./engine.ts";
export { limitOf, MAX_THREADS, type SearchJob } from "./job.ts";
