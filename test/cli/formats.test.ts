import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import type { FORMATS, Options } from "../../src/cli/verify/options.ts";
import { createReport } from "../../src/cli/verify/report.ts";
import { verify } from "../../src/stamp/verify.ts";
import { outcomeOf, runCli, startCli } from "../cli.ts";
import { mangled, often } from "../hostile.ts";

const STAMP = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
const VERIFY = ["verify", "-b", "20", "-r", "foo@bar.example", "--now", "2024-03-01"];
const SCHEMAS = fileURLToPath(new URL("../vectors/schemas/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stampmill-formats-"));
after(() => rmSync(folder, { recursive: true }));

const sarif = new Validator(
  JSON.parse(readFileSync(join(SCHEMAS, "sarif-2.1.0.json"), "utf8")) as Schema,
  "4",
  false,
);

function assertSarif(text: string) {
  const log = JSON.parse(text);
  const { valid, errors } = sarif.validate(log);
  assert.ok(valid, JSON.stringify(errors.slice(0, 3)));
  return log.runs[0].results;
}

const found = spawnSync("xmllint", ["--version"]);
const skip = found.error && !process.env.CI ? "xmllint is not installed" : false;

/** Every test case's name and failure, by a parser of its own. */
function assertJunit(xml: string) {
  const args = ["--nonet", "--noout", "--schema", join(SCHEMAS, "junit.xsd"), "-"];
  const { status, stderr } = spawnSync("xmllint", args, { input: xml, encoding: "utf8" });
  assert.equal(status, 0, stderr.slice(0, 1000));
}

const KINDS = ["", "x", STAMP, STAMP.replace("20", "19"), STAMP.replace("foo", "bar")];
const LINES = [...KINDS, `${STAMP}\0\x1b[31m\x7f`, "a]]>b<c>&\"'", "::error::%0A,%", "##[error]x"];

async function format(name: (typeof FORMATS)[number], stamps: readonly string[]): Promise<string> {
  const options: Options = { bits: 20, match: "exact", spend: true, format: name };
  const report = await createReport(options);
  const now = Date.UTC(2024, 2, 1);
  const rows = stamps.map((stamp, i) => {
    const verdict = verify(stamp, { bits: 20, resources: ["foo@bar.example"], now });
    return report.row(verdict, stamp, i % 2 ? { file: `${stamp} \n,:`, line: i + 1 } : undefined);
  });
  return report.start + rows.join("") + report.end(stamps.length === 0 ? "nothing" : null);
}

test("an exempt commit is in order by the schemas, whatever its author is called", {
  skip,
}, async () => {
  const reports = (["junit", "sarif", "github"] as const).map(async (name) => {
    const options: Options = { bits: 20, match: "exact", spend: true, format: name };
    const report = await createReport(options);
    const rows = [null, "unproven-author" as const].map((warning, i) => {
      const nothing = { bits: null, work: null, digest: null, date: null, expires: null };
      const row = {
        stamp: "",
        valid: false,
        reason: "exempt",
        resource: "a/b",
        ...nothing,
      } as const;
      const entry = `"<&\u00c3\u00a0%,:]]>@example.org`;
      const finding = { ...row, by: "email", entry, line: i + 1, warning } as const;
      return report.row(finding, "", { commit: "c", needs: "a/b", signature: null });
    });
    return report.start + rows.join("") + report.end(null);
  });
  const [junit = "", log = "", github = ""] = await Promise.all(reports);
  assertJunit(junit);
  const levels = assertSarif(log).map(({ level }: { level: string }) => level);
  assert.deepEqual(levels, ["note", "warning"]);
  assert.match(github, /^::notice [ -~]+\n::warning [ -~]+\n$/);
});

test("junit: valid by its schema, a test case for each stamp", { skip }, async () => {
  const xml = await format("junit", LINES);
  assertJunit(xml);
  assert.equal(xml.match(/<testcase /g)?.length, LINES.length);
  assert.equal(xml.match(/<failure /g)?.length, LINES.length - 1);
  assert.match(xml, new RegExp(`tests="${LINES.length}" failures="${LINES.length - 1}"`));
  const none = await format("junit", []);
  assertJunit(none);
  assert.match(none, /failures="1"/);
  assert.throws(() => assertJunit(xml.replace("name=", "nome=")));
});

test("junit: suites of a thousand, each with its own count", { skip }, async () => {
  const xml = await format("junit", Array(2500).fill(STAMP));
  assertJunit(xml);
  assert.deepEqual(
    [...xml.matchAll(/tests="(\d+)"/g)].map(([, count]) => count),
    ["1000", "1000", "500"],
  );
});

test("sarif: valid by its schema, a result for each stamp rejected", async () => {
  const results = assertSarif(await format("sarif", LINES));
  assert.equal(results.length, LINES.length - 1);
  assert.deepEqual(results[0].ruleId, "malformed");
  const [located] = results.filter((result: { locations?: unknown }) => result.locations);
  assert.equal(located.locations[0].physicalLocation.region.startLine, 2);
  assert.deepEqual(assertSarif(await format("sarif", [STAMP])), []);
  assert.equal(assertSarif(await format("sarif", []))[0].ruleId, "no-stamp");
  assert.throws(() => assertSarif('{"version":"2.1.0","runs":[{"results":[]}]}'));
});

test("github: one command a stamp, whatever is in it", async () => {
  const text = await format("github", LINES);
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, LINES.length);
  for (const line of lines) assert.match(line, /^::(error [^:]+|debug)::[ -~]+$/);
  assert.match(lines[3] ?? "", /^::error file=[^,:]+ %0A%2C%3A,line=4,title=/);
  assert.match(lines[7] ?? "", /::malformed: .*::error::%250A,%25/);
  assert.match(await format("github", []), /^::error title=stamp no-stamp::nothing\n$/);
});

test("hostile: any text makes every format a report that can be read", async () => {
  const text = fc.array(mangled([STAMP, "::error::x", "]]></testsuite>", "é\u{1f600}\ufffe"]), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(text, async (stamps) => {
      assertSarif(await format("sarif", stamps));
      const github = await format("github", stamps);
      assert.equal(github.split("\n").length, Math.max(1, stamps.length) + 1);
      const xml = await format("junit", stamps);
      assert.match(xml, /^[\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
      assert.equal(xml.match(/</g)?.length, xml.match(/>/g)?.length);
    }),
    often(100),
  );
});

test("hostile: xmllint takes whatever text there was", { skip }, async () => {
  const text = fc.array(mangled([STAMP, "]]></testsuite>", "é\u{1f600}\ufffe&#0;"]));
  await fc.assert(
    fc.asyncProperty(text, async (stamps) => assertJunit(await format("junit", stamps))),
    { numRuns: 20 },
  );
});

test("--scan: files and standard input, their names and lines in every format", async () => {
  const name = join(folder, "a, b:\n%.txt");
  writeFileSync(name, `hello\nHashcash: ${STAMP}\n\nX-Hashcash: bad\n`);
  const args = [...VERIFY, "--scan", "--", name, "-"];
  const { code, stdout } = await runCli(args, `Hashcash: ${STAMP}`);
  assert.equal(code, 1);
  const [first, second, third] = stdout.trimEnd().split("\n");
  assert.equal(first, `${JSON.stringify(name)}:2: valid ${STAMP}`);
  assert.ok(second?.startsWith(`${JSON.stringify(name)}:4: malformed bad (`));
  assert.equal(third, `-:1: valid ${STAMP}`);

  const json = await runCli([...VERIFY, "--json", "--scan", "--", name]);
  assert.deepEqual(
    json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => [JSON.parse(line).file, JSON.parse(line).line]),
    [
      [name, 2],
      [name, 4],
    ],
  );
  const log = await runCli([...VERIFY, "--format", "sarif", "--scan", "--", name]);
  const [result] = assertSarif(log.stdout);
  const { uri } = result.locations[0].physicalLocation.artifactLocation;
  assert.equal(fileURLToPath(uri), name);
});

test("--scan: what cannot be read, or is asked for twice, is an error", async () => {
  const missing = await runCli([...VERIFY, "--scan", join(folder, "missing")]);
  assert.deepEqual([missing.code, missing.stdout], [3, ""]);
  assert.match(missing.stderr, /^stampmill: error: cannot read .*missing/);
  assert.equal((await runCli([...VERIFY, "--scan", folder])).code, 3);
  assert.equal((await runCli([...VERIFY, "--scan", "-", "-"])).code, 2);
  assert.equal((await runCli([...VERIFY, "--scan", "--mail"])).code, 2);
  assert.equal((await runCli([...VERIFY, "--json", "--format", "sarif", STAMP])).code, 2);
  const empty = await runCli([...VERIFY, "--scan"], "no stamp\n");
  assert.deepEqual(
    [empty.code, empty.stderr],
    [1, "stampmill: error: the text carries no stamp\n"],
  );
});

const REPORT_MEMORY = [
  "--import",
  "data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))",
];

test("hostile: 50 MB of text, and as much of stamps, in bounded memory", async () => {
  const chunk = Buffer.from(`${"text ".repeat(100)}\n\n`.repeat(2000));
  const stamps = Buffer.from(`Hashcash: ${STAMP}x\n`.repeat(4000));
  for (const kind of ["text", "junit", "sarif", "github"]) {
    const child = startCli([...VERIFY, "--scan", "--format", kind], REPORT_MEMORY);
    child.stdin?.on("error", () => {});
    const outcome = outcomeOf(child);
    for (let i = 0; i < (kind === "text" ? 50 : 10); i++) {
      await new Promise((resolve) => child.stdin?.write(i % 2 ? stamps : chunk, resolve));
    }
    child.stdin?.end();
    const { code, stderr } = await outcome;
    assert.equal(code, 1);
    const mebibytes = Number(stderr.trim().split("\n").at(-1)) / 1024;
    assert.ok(mebibytes > 20 && mebibytes < 200, `${kind}: ${mebibytes} MiB`);
  }
});
