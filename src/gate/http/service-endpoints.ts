import { HttpProblem, jsonResponse } from "./message.ts";
import type { Endpoint } from "./routes.ts";

/** Null if all is well, or the reason why not; rejects if the store fails. */
export type HealthCheck = () => Promise<"stopping" | null>;

/** Milliseconds for which an answer about the store is good: asking often is not to keep it busy. */
const HEALTH_HOLDS = 500;

/** `GET /healthz`: 200 if the store answers, 503 if it does not or the server is about to stop. */
export function healthEndpoint(check: HealthCheck): Endpoint {
  let known: Promise<string | null> = Promise.resolve(null);
  let until = 0;
  return {
    name: "healthz",
    methods: ["GET", "HEAD"],
    async answer() {
      const now = performance.now();
      if (now >= until) {
        until = now + HEALTH_HOLDS;
        known = check().catch(() => "store-failed");
      }
      const reason = await known;
      if (reason !== null) throw new HttpProblem(503, reason, "not able to accept anything");
      return jsonResponse(200, { healthy: true }, { endpoint: "healthz", reason });
    },
  };
}

/** `GET /metrics`, for Prometheus. */
export function metricsEndpoint(write: () => string): Endpoint {
  return {
    name: "metrics",
    methods: ["GET", "HEAD"],
    async answer() {
      const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
      return {
        status: 200,
        headers,
        body: write(),
        outcome: { endpoint: "metrics", reason: null },
      };
    },
  };
}
