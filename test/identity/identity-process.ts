// Works on an identity until it is killed, as `identity work` does, and tells of each sketch that is on
// the disk: "saved TRIES DIGEST", how many tries there had been and the largest digest of it.
//
//   node --import tsx test/identity/identity-process.ts FILE ID K
import { SketchFile } from "../../src/cli/identity/sketch-file.ts";
import { identitySubject } from "../../src/identity/format.ts";
import { growSketch } from "../../src/identity/sketch/grow.ts";
import { emptySketch } from "../../src/identity/sketch/sketch.ts";

const [path = "", id = "", k = ""] = process.argv.slice(2);
const file = await SketchFile.open(path);
let tried = () => 0;
await growSketch({
  sketch: file.load()?.sketch ?? emptySketch(identitySubject({ id, k: Number(k) })),
  threads: 1,
  onImproved: (sketch) => {
    const tries = tried();
    file.save(sketch);
    process.stdout.write(`saved ${tries} ${sketch.hashes.at(-1)?.digest}\n`);
  },
  onSearch: (search) => {
    tried = search.tried;
  },
});
