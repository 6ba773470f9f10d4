// The least that any HTTP service does: reads a body and answers. What `stampmill serve` takes
// beyond this is its own.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** As long as a refusal of a gate. */
const ANSWER = "x".repeat(Number(process.argv[2] ?? 600));

const server = createServer((request, response) => {
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/metrics") {
      const { user, system } = process.cpuUsage();
      response.end(`process_cpu_seconds_total ${(user + system) / 1e6}\n`);
      return;
    }
    Buffer.concat(chunks);
    response.writeHead(402, {
      "content-type": "application/json; charset=utf-8",
      "content-length": ANSWER.length,
    });
    response.end(ANSWER);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stderr.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
