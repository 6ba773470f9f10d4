import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLog, LOG_LEVELS, type LogLevel } from "../../src/gate/http/log.ts";
import { Counter, Histogram, Reading } from "../../src/gate/http/metrics.ts";
import { folder } from "./gate-server.ts";

/** What a log of this level writes of one line at each level. */
async function linesAt(level: LogLevel): Promise<Record<string, unknown>[]> {
  const file = join(folder, `log-${level}`);
  const descriptor = openSync(file, "w");
  const log = createLog(descriptor, level);
  for (const each of ["error", "warn", "info", "debug"] as const) log(each, "said", { n: 1 });
  await log.end();
  closeSync(descriptor);
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

test("a log has the lines of its level and those above", async () => {
  for (const [i, level] of LOG_LEVELS.entries()) {
    const lines = await linesAt(level);
    assert.deepEqual(
      lines.map((line) => line.level),
      LOG_LEVELS.slice(1, i + 1),
    );
  }
});

test("a log is ASCII, a line each, whatever strangers sent", async () => {
  const file = join(folder, "log-strange");
  const descriptor = openSync(file, "w");
  const log = createLog(descriptor, "info");
  const path = "/\u001b[31m\n\u{1f600}\u2028\u007f\ud800";
  log("info", "request", { path });
  await log.end();
  const text = readFileSync(file, "latin1");
  assert.match(text, /^[ -~]+\n$/);
  assert.equal(JSON.parse(text).path, path);
});

test("a reader that is slow loses lines, is told how many, and holds nobody up", async () => {
  // A pipe that is read only at the end, and takes no more than it holds until then.
  const reader = spawn("sh", ["-c", "read go; cat <&3"], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const pipe = reader.stdio[3];
  assert.ok(pipe !== null && pipe !== undefined && "_handle" in pipe);
  const { fd } = (pipe as unknown as { _handle: { fd: number } })._handle;
  const log = createLog(fd, "info");
  const text = "x".repeat(1000);
  for (let i = 0; i < 5000; i++) log("info", "request", { i, text });
  let out = "";
  reader.stdout?.setEncoding("utf8").on("data", (more) => {
    out += more;
  });
  reader.stdin?.end("go\n");
  await log.end();
  pipe.destroy();
  await once(reader, "close");
  const lines = out.split("\n").slice(0, -1);
  const parsed = lines.map((line) => JSON.parse(line));
  const dropped = parsed.find(({ event }) => event === "log-lines-dropped");
  assert.ok(dropped.lines > 3000, `${dropped?.lines}`);
  const kept = parsed.filter(({ event }) => event === "request");
  assert.equal(kept.length + dropped.lines, 5000);
  kept.forEach(({ i }, n) => {
    assert.equal(i, n);
  });
});

test("metrics: sums, readings, histograms; labels are escaped", () => {
  const counter = new Counter("a_total", "Help.", ["kind"]);
  counter.add(['"\\\n']);
  counter.add(['"\\\n'], 2);
  counter.add(["b"]);
  const sample = 'a_total{kind="\\"\\\\\\n"} 3\na_total{kind="b"} 1\n';
  assert.equal(counter.write(), `# HELP a_total Help.\n# TYPE a_total counter\n${sample}`);
  assert.match(new Counter("b_total", "Help.").write(), /^b_total 0$/m);
  assert.match(new Reading("c", "Help.", "gauge", () => 1.5).write(), /gauge\nc 1\.5\n$/);
  const histogram = new Histogram("d", "Help.", "kind", [1, 2]);
  for (const value of [0.5, 1, 1.5, 3]) histogram.observe("x", value);
  assert.deepEqual(histogram.write().split("\n").slice(2), [
    'd_bucket{kind="x",le="1"} 2',
    'd_bucket{kind="x",le="2"} 3',
    'd_bucket{kind="x",le="+Inf"} 4',
    'd_sum{kind="x"} 6',
    'd_count{kind="x"} 4',
    "",
  ]);
});
