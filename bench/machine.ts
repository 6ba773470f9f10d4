import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** What has to be known about a machine for its figures to mean something. */
export interface Machine {
  cpu: string;
  /** Machines of the same class can be compared: vendor, family and model of the processor. */
  class: string;
  processors: number;
  system: string;
  node: string;
}

export function describeMachine(): Machine {
  const cpuinfo = process.platform === "linux" ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const field = (name: string) =>
    new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpuinfo)?.[1] ?? "unknown";
  const numbers = [field("vendor_id"), field("cpu family"), field("model")];
  return {
    cpu: field("model name"),
    class: `${process.arch}-${numbers.join("-")}`,
    processors: availableParallelism(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The first line of what a program prints about its version. */
export function versionOf(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8" }).split("\n")[0] ?? "";
}
