/**
 * Metrics in the text format of Prometheus, version 0.0.4. prom-client would bring thirty times as
 * much for the three kinds that are used here.
 */
export interface Metric {
  /** Its lines, with help and type. */
  write(): string;
}

/** Values of labels, in the order of their names. Only values of a known, small number belong here. */
type LabelValues = readonly string[];

/** A sum that only rises, for each combination of labels. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #sums = new Map<string, { values: LabelValues; sum: number }>();

  constructor(name: string, help: string, labels: readonly string[] = []) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    // Without labels there is one value, which is there from the start.
    if (labels.length === 0) this.add([], 0);
  }

  add(values: LabelValues, amount = 1): void {
    const key = values.join("\n");
    const known = this.#sums.get(key);
    if (known === undefined) this.#sums.set(key, { values, sum: amount });
    else known.sum += amount;
  }

  write(): string {
    let text = head(this.#name, this.#help, "counter");
    for (const { values, sum } of this.#sums.values()) {
      text += `${this.#name}${writeLabels(this.#labels, values)} ${writeNumber(sum)}\n`;
    }
    return text;
  }
}

/** A number that is asked for when it is written. */
export class Reading implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #type: "gauge" | "counter";
  readonly #read: () => number;

  constructor(name: string, help: string, type: "gauge" | "counter", read: () => number) {
    this.#name = name;
    this.#help = help;
    this.#type = type;
    this.#read = read;
  }

  write(): string {
    const value = writeNumber(this.#read());
    return `${head(this.#name, this.#help, this.#type)}${this.#name} ${value}\n`;
  }
}

/** How many values were at most so much, for one label. */
export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #label: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { counts: number[]; sum: number }>();

  /** @param bounds rising, the last without an end is added */
  constructor(name: string, help: string, label: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#label = label;
    this.#bounds = bounds;
  }

  observe(labelValue: string, value: number): void {
    let series = this.#series.get(labelValue);
    if (series === undefined) {
      series = { counts: new Array(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(labelValue, series);
    }
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Infinity)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  write(): string {
    let text = head(this.#name, this.#help, "histogram");
    for (const [value, { counts, sum }] of this.#series) {
      let upTo = 0;
      counts.forEach((count, i) => {
        upTo += count;
        const bound = writeNumber(this.#bounds[i] ?? Infinity);
        text += `${this.#name}_bucket${writeLabels([this.#label, "le"], [value, bound])} ${upTo}\n`;
      });
      const labels = writeLabels([this.#label], [value]);
      text += `${this.#name}_sum${labels} ${writeNumber(sum)}\n`;
      text += `${this.#name}_count${labels} ${upTo}\n`;
    }
    return text;
  }
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function writeLabels(names: readonly string[], values: LabelValues): string {
  if (names.length === 0) return "";
  const pairs = names.map((name, i) => `${name}="${escapeLabel(values[i] ?? "")}"`);
  return `{${pairs.join(",")}}`;
}

/** Backslash, quote and line feed, as the format has it. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}

function writeNumber(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}
