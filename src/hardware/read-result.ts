import { isAlgorithm } from "../engine/algorithms.ts";
import { badInput } from "../text/errors.ts";
import type { Cache, Machine } from "./machine.ts";
import {
  type BenchResult,
  type CallRate,
  type KernelRate,
  RESULT_FORMAT,
  RESULT_VERSION,
} from "./result.ts";

/** Longest file that is read, and most rows of a list in it. */
export const MAX_RESULT_BYTES = 4 * 2 ** 20;
const MOST_ROWS = 1000;
const LONGEST_TEXT = 1000;

type ComparedFields = "rate" | "rounds" | "uncertainty";

/** Of a rate in a result, what comparing needs. */
export type SavedRate = Pick<KernelRate, "algorithm" | "kernel" | "threads" | ComparedFields>;
export type SavedCall = Pick<CallRate, "call" | "algorithm" | ComparedFields>;

/** Of a result, what comparing needs. */
export interface SavedResult extends Pick<BenchResult, "date" | "versions"> {
  readonly machine: Pick<Machine, "cpu" | "class" | "caches" | "processors" | "bytes" | "id">;
  readonly rates: readonly SavedRate[];
  readonly calls: readonly SavedCall[];
}

/**
 * Reads a result that `stampmill bench` wrote; other fields than those that are compared are passed
 * over.
 *
 * @param name of the file, for errors
 * @throws StampmillError `bad-input` if it is none, is damaged, or is of a version that is not known
 */
export function readResult(text: string, name: string): SavedResult {
  const fail = (what: string) =>
    badInput("result", `${name} is no result of stampmill bench: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("it is not JSON, or is cut short");
  }
  const field = new Field(value, "it", fail);
  if (field.get("format").value !== RESULT_FORMAT) throw fail(`its format is not ${RESULT_FORMAT}`);
  const version = field.get("version").value;
  if (version !== RESULT_VERSION) {
    throw fail(`its version is not ${RESULT_VERSION}, which is all that this one knows`);
  }
  const versions = field.get("versions");
  return {
    date: field.get("date").text(),
    versions: {
      stampmill: versions.get("stampmill").text(),
      compiler: versions.get("compiler").text(),
      node: versions.get("node").text(),
      openssl: versions.get("openssl").text(),
    },
    machine: machineOf(field.get("machine")),
    rates: field.get("rates").list(rateOf),
    calls: field.get("calls").list(callOf),
  };
}

function machineOf(field: Field): SavedResult["machine"] {
  const id = field.get("id");
  return {
    cpu: field.get("cpu").text(),
    class: field.get("class").text(),
    caches: field.get("caches").list(cacheOf),
    processors: field.get("processors").positive(),
    bytes: field.get("bytes").positive(),
    id: id.value === null ? null : id.text(),
  };
}

function cacheOf(field: Field): Cache {
  const kind = field.get("kind");
  const { value } = kind;
  if (value !== "data" && value !== "instruction" && value !== "unified") {
    throw kind.wrong("no kind of cache");
  }
  return {
    level: field.get("level").positive(),
    kind: value,
    bytes: field.get("bytes").positive(),
  };
}

function rateOf(field: Field): SavedRate {
  return {
    ...measuredOf(field),
    kernel: field.get("kernel").text(),
    threads: field.get("threads").positive(),
  };
}

function callOf(field: Field): SavedCall {
  const call = field.get("call");
  if (call.value !== "parse" && call.value !== "verify")
    throw call.wrong("neither parse nor verify");
  return { ...measuredOf(field), call: call.value };
}

function measuredOf(field: Field): Pick<SavedRate, "algorithm" | ComparedFields> {
  const algorithm = field.get("algorithm");
  const name = algorithm.text();
  if (!isAlgorithm(name)) throw algorithm.wrong("no algorithm that is known");
  return {
    algorithm: name,
    rate: field.get("rate").positive(),
    rounds: field.get("rounds").list((round) => round.positive()),
    uncertainty: field.get("uncertainty").positive(),
  };
}

/** A value somewhere in a file from outside, and the words for where. */
class Field {
  constructor(
    readonly value: unknown,
    readonly place: string,
    readonly fail: (what: string) => Error,
  ) {}

  wrong(what: string): Error {
    return this.fail(`${this.place} is ${this.value === undefined ? "missing" : what}`);
  }

  get(name: string): Field {
    const { value, place } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.wrong("not an object");
    }
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    return new Field(own, place === "it" ? name : `${place}.${name}`, this.fail);
  }

  text(): string {
    const { value } = this;
    if (typeof value === "string" && value.length <= LONGEST_TEXT) return value;
    throw this.wrong("not a short text");
  }

  positive(): number {
    const { value } = this;
    if (typeof value === "number" && value > 0 && value < 1e30) return value;
    throw this.wrong("not a positive number");
  }

  list<T>(read: (field: Field) => T): T[] {
    const { value, place } = this;
    if (!Array.isArray(value) || value.length > MOST_ROWS) throw this.wrong("not a short list");
    return value.map((one, i) => read(new Field(one, `${place}[${i}]`, this.fail)));
  }
}
