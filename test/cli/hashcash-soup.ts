import { bruteStamp } from "../stamp/brute.ts";
import type { Random } from "./hashcash-line.ts";

const STAMPS = [
  bruteStamp({ bits: 8, resource: "foo" }),
  bruteStamp({ bits: 8, resource: "foo@bar.example" }),
  bruteStamp({ bits: 5, resource: "Foo", date: "240301123456" }),
  bruteStamp({ bits: 0, resource: "foo", date: "300101" }),
  "1:8:240229:foo::x:y",
  "0:240229:foo:abc",
  "garbage",
];

/** Options that check, and values that are sensible somewhere. No minting: its default takes long. */
const TOKENS = ["-c", "-d", "-b", "-r", "-e", "-g", "-o", "-y", "-q", "-w", "-n", "-l", "-X", "-i"]
  .concat([
    "-E",
    "-S",
    "-M",
    "-C",
    "-k",
    "-cd",
    "-cy",
    "-b8",
    "-b0",
    "-rfoo",
    "-r*",
    "-e1d",
    "-cdy",
  ])
  .concat(["8", "0", "20x", "foo", "f*", "*@*", "28d", "1y", "-5", "a|b", "(", "[a-z]+", "", "-Q"])
  .concat(STAMPS);

/** A command line of anything, at a time when the stamps are good. */
export function makeSoup(random: Random): { args: string[]; input: string } {
  const args = ["-u", "-t", "240301", "-f", "{db}", "-c"];
  for (let i = random.below(9); i >= 0; i--) args.push(random.pick(TOKENS));
  const input = random.chance(0.5)
    ? `${random.pick(["", "X-Hashcash: "])}${random.pick(STAMPS)}\n`
    : "";
  return { args, input };
}
