// A small message board whose posts are paid for with work. README.md tells how to use it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { hashesOf, openStore, parseStamp } from "stampmill";
import {
  createGate,
  createGateHandler,
  nodeListener,
  priceFor,
  readTerms,
  STEPS,
} from "stampmill/gate";
import { courseOf } from "./course.mjs";
import { openMessages } from "./messages.mjs";

/** The one board there is. */
const BOARD = "board";

/** Most bytes of a post with its stamps; a message can hardly be longer than half of it. */
const MAX_BODY = 32_768;

/** Connections at a time, and milliseconds in which a request must have come. */
const MAX_CONNECTIONS = 512;
const REQUEST_TIMEOUT = 10_000;

/** Terms with which a price rises and falls within minutes, to be watched. */
const TERMS = { base: "16", cap: "28", interval: "30s", burst: "1m", tau: "30s", newcomer: "0" };

const text = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: {
    host: text("127.0.0.1"),
    port: text("8403"),
    store: text("board.db"),
    messages: text("messages.db"),
    ...Object.fromEntries(Object.entries(TERMS).map(([name, value]) => [name, text(value)])),
  },
});

const { base, cap, interval, burst, tau, newcomer } = values;
const counts = { base: Number(base), cap: Number(cap), newcomer: Number(newcomer) };
const terms = { ...counts, interval, burst, tau };
const store = await openStore(values.store);
const gate = createGate({ store, terms });
const messages = openMessages(values.messages);

/** What stamps are worth together, in bits; the gate has judged them already. */
function worthOf(stamps) {
  return priceFor(hashesOf(stamps.map((stamp) => parseStamp(stamp).bits))) / STEPS;
}

// GET /gate/price and POST /gate/posts, which is what `stampmill post --to …/gate` asks.
const gateListener = nodeListener(
  createGateHandler(gate, {
    prefix: "/gate",
    resources: [BOARD],
    requireMessage: true,
    onPost: ({ poster, message, stamps }) =>
      messages.add({ time: Date.now(), poster, text: message, bits: worthOf(stamps) }),
  }),
  { maxBody: MAX_BODY },
);

const file = (name) => readFileSync(new URL(`page/${name}`, import.meta.url));
const PAGE = new Map([
  ["/", ["text/html; charset=utf-8", file("index.html")]],
  ["/board.css", ["text/css; charset=utf-8", file("board.css")]],
  ["/board.js", ["text/javascript; charset=utf-8", file("board.js")]],
]);

/** Nothing on the page may come from elsewhere, be framed, or be a script that is not board.js. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

function send(response, status, type, body) {
  response.writeHead(status, { ...HEADERS, "content-type": type });
  response.end(body);
}

/** The messages after an id, the newest first: what the page asks for every second. */
function listMessages(response, after) {
  if (!/^\d{1,15}$/.test(after)) return send(response, 400, "text/plain", "after is a number\n");
  const list = messages.after(Number(after));
  send(response, 200, "application/json; charset=utf-8", JSON.stringify(list));
}

/** How the price went before the page was open. */
function showCourse(response, poster) {
  const course = courseOf(readTerms(terms), messages.timesOf(poster), Date.now());
  send(response, 200, "application/json; charset=utf-8", JSON.stringify(course));
}

function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://board.invalid");
  if (pathname.startsWith("/gate/")) return gateListener(request, response);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return send(response, 405, "text/plain", "there is nothing to be sent here\n");
  }
  if (pathname === "/messages") return listMessages(response, searchParams.get("after") ?? "0");
  if (pathname === "/course") return showCourse(response, searchParams.get("poster") ?? "");
  const [type, body] = PAGE.get(pathname) ?? [];
  if (body === undefined) return send(response, 404, "text/plain", "there is nothing here\n");
  send(response, 200, type, body);
}

const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) => {
  try {
    answer(request, response);
  } catch (error) {
    // A target that is no URL, or a database that fails: the board goes on.
    console.error(error);
    if (!response.headersSent) send(response, 500, "text/plain", "the board failed\n");
  }
});
server.maxConnections = MAX_CONNECTIONS;
server.headersTimeout = REQUEST_TIMEOUT;

async function stop() {
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
  messages.close();
}
process.once("SIGINT", stop);
process.once("SIGTERM", stop);

server.on("error", (error) => {
  console.error(`board: ${error.message}`);
  process.exit(3);
});
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address();
  const host = address.includes(":") ? `[${address}]` : address;
  console.log(`http://${host}:${port}`);
});
