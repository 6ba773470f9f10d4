import type { Outcome } from "./message.ts";
import { Counter, Histogram, type Metric, Reading } from "./metrics.ts";

/** What can be read off a running server. */
export interface Readings {
  connections(): number;
  waiting(): number;
  parked(): number;
  pending(): number;
}

/** Every metric of a server, named; what feeds each is below. Labels take our own words only. */
function createMetrics({ connections, waiting, parked, pending }: Readings) {
  return {
    requests: new Counter("stampmill_requests_total", "Requests that were answered.", [
      "endpoint",
      "status",
    ]),
    seconds: new Histogram(
      "stampmill_request_seconds",
      "Seconds from a request's headers to the end of its answer.",
      "endpoint",
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    refused: new Counter("stampmill_refused_total", "Requests that came to nothing.", [
      "endpoint",
      "reason",
    ]),
    stamps: new Counter("stampmill_stamps_total", "Stamps that were sent.", ["endpoint"]),
    price: new Histogram(
      "stampmill_price_bits",
      "Prices of the posts that were accepted, in bits.",
      "endpoint",
      Array.from({ length: 17 }, (_, i) => 4 * i),
    ),
    hashes: new Counter("stampmill_paid_hashes_total", "Hashes that accepted posts had to pay."),
    unread: new Counter(
      "stampmill_unread_total",
      "Connections and requests that were dropped unread.",
      ["reason"],
    ),
    connections: new Reading(
      "stampmill_connections",
      "Connections that are open.",
      "gauge",
      connections,
    ),
    waiting: new Reading(
      "stampmill_waiting_connections",
      "Connections that wait for their client.",
      "gauge",
      waiting,
    ),
    parked: new Reading(
      "stampmill_parked_connections",
      "Connections that are given up, and not closed yet.",
      "gauge",
      parked,
    ),
    pending: new Reading(
      "stampmill_pending_requests",
      "Requests that wait for their answer.",
      "gauge",
      pending,
    ),
    start: new Reading(
      "process_start_time_seconds",
      "Start of the process, in seconds since 1970.",
      "gauge",
      () => performance.timeOrigin / 1000,
    ),
    memory: new Reading("process_resident_memory_bytes", "Memory of the process.", "gauge", () =>
      process.memoryUsage.rss(),
    ),
    processor: new Reading(
      "process_cpu_seconds_total",
      "Processor time, of user and system.",
      "counter",
      () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    ),
  } satisfies Record<string, Metric>;
}

/** Counts what a server does. */
export class ServiceMetrics {
  readonly #metrics: ReturnType<typeof createMetrics>;

  constructor(readings: Readings) {
    this.#metrics = createMetrics(readings);
  }

  /** A request was answered. */
  answered({ endpoint, reason, paid, stamps }: Outcome, status: number, seconds: number): void {
    const metrics = this.#metrics;
    metrics.requests.add([endpoint, String(status)]);
    metrics.seconds.observe(endpoint, seconds);
    if (reason !== null) metrics.refused.add([endpoint, reason]);
    if (stamps !== undefined) metrics.stamps.add([endpoint], stamps);
    if (paid !== undefined) {
      metrics.price.observe(endpoint, paid);
      metrics.hashes.add([], 2 ** paid);
    }
  }

  /** A connection or a request was dropped before it was understood. */
  dropped(reason: string): void {
    this.#metrics.unread.add([reason]);
  }

  /** The text that Prometheus reads. */
  write(): string {
    return Object.values(this.#metrics)
      .map((metric) => metric.write())
      .join("");
  }
}
