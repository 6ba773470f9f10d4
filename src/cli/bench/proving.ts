import { ALGORITHM } from "../../engine/algorithms.ts";
import { checkProof, MAX_PROOF_BYTES, type ProofCheck } from "../../hardware/proof.ts";
import type { ProofOptions } from "../../hardware/prove.ts";
import { toAscii } from "../../text/ascii-json.ts";
import { standardStyle } from "../figures/plot.ts";
import { formatBytes, formatCount, formatSeconds } from "../figures/quantity.ts";
import { textTable, wrapValues } from "../figures/table.ts";
import { EXIT } from "../terminal/exit.ts";
import { toJsonLine, writeProduct } from "../terminal/output.ts";
import { timeBar } from "./bar.ts";
import { hashesPerSecond, inThreads } from "./facts.ts";
import { checkWritable, readText, writeWhole } from "./files.ts";

/** `bench --prove`: the proof on standard output, or in a file and what it says on standard output. */
export async function prove(
  options: ProofOptions,
  file: string | undefined,
  json: boolean,
): Promise<void> {
  if (file !== undefined) checkWritable(file);
  const { proveBench } = await import("../../hardware/prove.ts");
  let endBar = async () => {};
  const proof = await proveBench({
    ...options,
    onSearch: ({ tried }) => {
      const bar = timeBar(options.seconds, tried);
      endBar = async () => (await bar)();
    },
  }).finally(() => endBar());
  if (file === undefined) {
    await writeProduct(proof.text);
  } else {
    // What is written is checked as anyone will check it.
    const checked = checkProof(proof.text, options.beacon);
    writeWhole(file, proof.text);
    await writeProduct(json ? checkedJson(checked) : checkedText(checked));
  }
  process.exitCode = EXIT.done;
}

/** `bench --check`: how much work is behind a proof. */
export async function check(
  file: string,
  beacon: string | undefined,
  json: boolean,
): Promise<void> {
  const checked = checkProof(await readText(file, MAX_PROOF_BYTES), beacon);
  await writeProduct(json ? checkedJson(checked) : checkedText(checked));
  process.exitCode = checked.status === "good" ? EXIT.done : EXIT.rejected;
}

function checkedJson(checked: ProofCheck): string {
  if (checked.status === "bad") {
    const { reason, detail } = checked;
    return toJsonLine({ valid: false, reason, detail });
  }
  const { algorithm, k, hashes, atLeast, fields } = checked;
  const bound = Object.fromEntries(fields);
  const facts = { valid: true, reason: null, algorithm, k, hashes, atLeast };
  return toJsonLine({ ...facts, ...bound });
}

function checkedText(checked: ProofCheck): string {
  if (checked.status === "bad")
    return `proves nothing: ${checked.reason}: ${toAscii(checked.detail)}\n`;
  const { algorithm, k, fields, hashes, atLeast } = checked;
  const field = (name: string) => fields.get(name) ?? "";
  const seconds = Number(field("seconds"));
  const rows = [
    [
      "hashes",
      `about ${formatCount(hashes)} (± 13 %), by the ${k} smallest of ${ALGORITHM[algorithm].title}`,
    ],
    ["at least", `${formatCount(atLeast)}, with a confidence of 99.9 %`],
    ["claimed time", `${formatSeconds(seconds)}, begun ${field("date")}`],
    [
      "rate",
      `${hashesPerSecond(hashes / seconds)}, if that is so; at least ${hashesPerSecond(atLeast / seconds)}`,
    ],
    ["beacon", field("beacon")],
    ["processor", `${field("cpu")} (${field("class")})`],
    ["instructions", field("features")],
    ["caches", field("caches")],
    ["processors", `${field("processors")}; the search had ${inThreads(Number(field("threads")))}`],
    ["memory", /^\d{1,15}$/.test(field("memory")) ? formatBytes(Number(field("memory"))) : ""],
    ["system", `${field("system")} ${field("release")}`],
    ["kernel", `${field("kernel")}, compiled by ${field("compiler")}`],
    ["versions", `stampmill ${field("stampmill")}, Node ${field("node")}`],
  ];
  const table = { head: [], rows, align: "ll" };
  return textTable(wrapValues(table, standardStyle().width)) + CAVEAT;
}

const CAVEAT = `
The work is proven, and bound to every line above. The lines themselves are what the
machine said of itself. None of it was done before the beacon was known.
`;
