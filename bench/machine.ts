import { execFileSync } from "node:child_process";
import { describeMachine as describe } from "../src/hardware/machine.ts";

/** What committed results say about the machine. */
export interface Machine {
  cpu: string;
  /** Machines of the same class can be compared: vendor, family and model of the processor. */
  class: string;
  processors: number;
  system: string;
  node: string;
}

export function describeMachine(): Machine {
  const { cpu, class: kind, threads, system } = describe();
  return { cpu, class: kind, processors: threads, system, node: process.version };
}

/** The first line of what a program prints about its version. */
export function versionOf(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8" }).split("\n")[0] ?? "";
}
