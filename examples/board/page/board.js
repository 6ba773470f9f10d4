// Asks for new messages and for the price every second, and draws how the price went.

const EVERY = 1000;
/** What the chart shows, in milliseconds. */
const WINDOW = 5 * 60_000;
const MOST_SHOWN = 100;
const WIDTH = 720;
const HEIGHT = 200;
const MARGIN = { left: 56, right: 12, top: 12, bottom: 24 };

const element = (id) => document.getElementById(id);
const poster = element("poster");

/** Prices of late, [time, bits], and whose they are: the server tells how they went before. */
let course = [];
let courseIsOf = null;
let newest = 0;

async function ask(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path.replace(/\?.*/, "")}: status ${response.status}`);
  return response.json();
}

const PREFIXES = ["", "thousand", "million", "billion", "trillion"];

function inWords(hashes) {
  const power = Math.min(PREFIXES.length - 1, Math.floor(Math.log10(hashes) / 3));
  const scaled = hashes / 1000 ** power;
  return `${scaled.toFixed(scaled < 10 && power > 0 ? 1 : 0)} ${PREFIXES[power]} hashes`;
}

async function updatePrice() {
  const name = poster.value;
  if (name === "") return;
  const query = new URLSearchParams({ resource: "board", poster: name });
  const quote = await ask(`gate/price?${query}`);
  const before =
    courseIsOf === name ? null : await ask(`course?${new URLSearchParams({ poster: name })}`);
  // Another name may have been typed meanwhile.
  if (name !== poster.value) return;
  if (before !== null) {
    // By the clock of this machine, which may differ from the server's.
    const ahead = Date.now() - before.at(-1)[0];
    course = before.map(([time, price]) => [time + ahead, price]);
    courseIsOf = name;
  }
  element("bits").value = `${quote.price.toFixed(1)} bits`;
  element("hashes").textContent =
    `${inWords(2 ** quote.price)}: ${quote.count} stamps of ${quote.bits} bits`;
  const base = quote.cheapAt === null ? "" : `; the base price again at ${clock(quote.cheapAt)}`;
  element("why").textContent = `${quote.explanation}${base}.`;
  const now = Date.now();
  course.push([now, quote.price]);
  course = course.filter(([time]) => time > now - WINDOW - EVERY);
  draw(now);
}

function clock(time) {
  return new Date(time).toLocaleTimeString();
}

function svg(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function draw(now) {
  const bits = course.map(([, price]) => price);
  const low = Math.floor(Math.min(...bits));
  const high = Math.max(low + 4, Math.ceil(Math.max(...bits)));
  const x = (time) =>
    MARGIN.left + (1 - (now - time) / WINDOW) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (price) =>
    MARGIN.top + ((high - price) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const grid = [];
  for (const price of [low, (low + high) / 2, high]) {
    const at = y(price);
    grid.push(svg("line", { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: at, y2: at }));
    grid.push(svg("text", { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, String(price)));
  }
  for (const minutes of [5, 4, 3, 2, 1, 0]) {
    const label = minutes === 0 ? "now" : `${minutes} min${minutes === 5 ? " ago" : ""}`;
    const anchor = minutes === 0 ? "end" : minutes === 5 ? "start" : "middle";
    const place = { x: x(now - minutes * 60_000), y: HEIGHT - 6, "text-anchor": anchor };
    grid.push(svg("text", place, label));
  }
  element("grid").replaceChildren(...grid);
  const points = course
    .filter(([time]) => time >= now - WINDOW)
    .map(([time, price]) => `${x(time).toFixed(1)} ${y(price).toFixed(1)}`);
  element("line").setAttribute("d", `M${points.join(" L")}`);
}

/** Whatever was posted is text: it goes in as such, and nothing of it is read as HTML. */
function messageItem({ time, poster: name, text, bits }) {
  const item = document.createElement("li");
  const add = (tag, kind, content) => {
    const made = document.createElement(tag);
    made.className = kind;
    made.textContent = content;
    item.append(made, " ");
    return made;
  };
  add("span", "poster", name);
  const when = add("time", "when", new Date(time).toLocaleString());
  when.dateTime = new Date(time).toISOString();
  add("span", "paid", `paid ${bits.toFixed(1)} bits`);
  add("p", "text", text);
  return item;
}

async function updateMessages() {
  const list = await ask(`messages?after=${newest}`);
  if (list.length === 0) return;
  newest = list[0].id;
  const shown = element("messages");
  shown.prepend(...list.map(messageItem));
  while (shown.children.length > MOST_SHOWN) shown.lastElementChild.remove();
}

function showCommand() {
  const quoted = `'${poster.value.replaceAll("'", `'\\''`)}'`;
  element("command").textContent =
    `echo hello | stampmill post --to ${location.origin}/gate --resource board --poster ${quoted}`;
}

poster.addEventListener("input", () => {
  course = [];
  courseIsOf = null;
  showCommand();
});

async function update() {
  const results = await Promise.allSettled([updatePrice(), updateMessages()]);
  const failed = results.find(({ status }) => status === "rejected");
  element("trouble").textContent =
    failed === undefined ? "" : `No answer: ${failed.reason.message}`;
  setTimeout(update, EVERY);
}

showCommand();
update();
