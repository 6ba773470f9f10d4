// Draws docs/terminal.svg, the picture in README.md: a few commands are run in a terminal's stead, and what
// they print is set in the letters of one.
//
//   node scripts/draw-terminal.mjs     after npm run build
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const COLUMNS = 84;
const CHARACTER = { width: 8.4, height: 20 };
const MARGIN = 20;

const SESSION = [
  "stamp=$(stampmill mint -b 22 --compact alice@example.org); echo $stamp",
  "stampmill verify -b 22 -r alice@example.org --store spent.db $stamp",
  "stampmill verify -b 22 -r alice@example.org --store spent.db $stamp",
  "echo $?",
];

/** What each command prints, all in one shell. */
function record(commands) {
  const cwd = mkdtempSync(join(tmpdir(), "stampmill-terminal-"));
  const end = "----";
  const script = commands.map((command) => `${command}\nstatus=$?; echo '${end}'; (exit $status)`);
  const define = `stampmill() { '${process.execPath}' '${join(root, "dist/cli.cjs")}' "$@"; }`;
  try {
    const all = execFileSync("bash", ["-c", `${[define, ...script].join("\n")}\ntrue`], {
      cwd,
      encoding: "utf8",
    });
    return all.split(`${end}\n`).slice(0, commands.length);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** As a terminal wraps them. */
const wrapped = (text) => text.match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function draw(rows) {
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER.width);
  const height = 2 * MARGIN + rows.length * CHARACTER.height;
  const lines = rows.map(({ text, kind }, i) => {
    const y = MARGIN + (i + 0.75) * CHARACTER.height;
    return `<text x="${MARGIN}" y="${y}" class="${kind}" xml:space="preserve">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>A terminal: a stamp is minted, verified, and refused the second time</title>
<style>
text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dae0; }
.typed { fill: #ffffff; font-weight: bold; }
.valid { fill: #7ee787; }
.rejected { fill: #ff9b8e; }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#1b1f27"/>
${lines.join("\n")}
</svg>
`;
}

function kindOf(line) {
  if (line.startsWith("valid ")) return "valid";
  return line.startsWith("spent ") ? "rejected" : "printed";
}

const outputs = record(SESSION);
const rows = SESSION.flatMap((command, i) => [
  ...wrapped(`$ ${command}`).map((text) => ({ text, kind: "typed" })),
  ...outputs[i]
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapped(line).map((text) => ({ text, kind: kindOf(line) }))),
]);
writeFileSync(join(root, "docs/terminal.svg"), draw(rows));
