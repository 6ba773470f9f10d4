import { bruteStamp } from "../stamp/brute.ts";

/** A command line for which the two sides differ, as docs/hashcash.md says under a number. */
export interface Oddity {
  readonly id: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** Exit codes, or the name of a signal: ours, and hashcash(1)'s. */
  readonly ours: number;
  readonly theirs: number | string;
  /** What ours must have written on standard output. */
  readonly out?: RegExp;
  readonly err?: RegExp;
}

const at = ["-u", "-t", "240301"];
const check = [...at, "-c"];
const y = [...at, "-cy"];
const foo = bruteStamp({ bits: 8, resource: "foo" });
const mail = bruteStamp({ bits: 8, resource: "foo@bar.example" });
const evil = bruteStamp({ bits: 8, resource: "foo@bar.example@evil.example" });
const adam = bruteStamp({ bits: 8, resource: "adam@x.com.evil.org" });
const sha256 = bruteStamp({ bits: 8, resource: "foo", ext: "alg=sha256" });
const free = bruteStamp({ bits: 0, resource: "foo" });
const future = bruteStamp({ bits: 8, resource: "foo", date: "300101" });
const claims = (stamp: string, bits: number) => stamp.replace(/^1:\d+:/, `1:${bits}:`);
/** Version 0, of 12 bits, from the tool's own manual page. */
const v0 = "0:040402:jack+bar@foo.com:be45eb4e586a3e08cf7c95c4";

const odd = (
  id: string,
  ours: number,
  theirs: number | string,
  args: readonly string[],
  more: Partial<Oddity> = {},
): Oddity => ({ id, ours, theirs, args, ...more });

const ACCEPTED = /^matched stamp: /m;

/** At least one for each number that a command line can show. */
export const ODDITIES: readonly Oddity[] = [
  // Options.
  ...["twenty", "", "max", "0x10"].map((bits) =>
    odd("D1", 3, 0, [...y, "-b", bits, "-r", "foo", free]),
  ),
  odd("D1", 3, 0, [...y, "-b", "8x", "-r", "foo", foo]),
  odd("D1", 3, 0, [...y, "-b", "4294967300", "-r", "foo", foo]),
  odd("D1", 3, 0, [...at, "-mb4", "-Z", "x", "foo"]),
  odd("D1", 3, 0, [...at, "-mb4", "-Z", "5", "foo"]),
  odd("D1", 3, 0, [...at, "-mb4", "-O", "x", "foo"]),
  odd("D1", 3, 0, [...at, "-mb4", "-z", "6x", "foo"]),
  odd("D2", 3, 0, [...y, "-r", "foo", "-b", "30", free]),
  odd("D2", 3, 0, [...y, "-r", "foo", "-b", "30", "-r", "x", free]),
  odd("D2", 3, 0, [...y, "-b", "8", "-r", "f*", "-S", foo]),
  odd("D2", 3, 0, [...y, "-b", "8", "-r", "FOO", "-C", foo]),
  odd("D2", 3, 0, [...y, "-b", "8", "-r", "foo", "-e", "1s", "-g", "0", foo]),
  odd("D2", 1, 0, [...y, "-b30", "-r", "foo", "-o", foo, "-b8", "-r", "f*"]),
  odd("D2", 0, 0, [...at, "foo", "-m"], { out: /^1:20:240301:foo:/ }),
  odd("D3", 3, 0, [...y, "-b8", "-e", "1x9d", "-r", "foo", foo]),
  odd("D3", 3, 0, [...y, "-b8", "-e", "30.5d", "-r", "foo", foo]),
  odd("D3", 3, 0, [...y, "-b8", "-e", "d", "-g", "2d", "-r", "foo", foo]),
  odd("D3", 3, 0, [...y, "-b8", "-g", "w", "-r", "foo", foo]),
  odd("D3", 0, 3, [...y, "-b8", "-e", "80y", "-r", "foo", foo]),
  odd("D3", 3, 0, [...y, "-b8", "-e", "140y", "-r", "foo", foo]),
  odd("D4", 3, 0, ["-u", "-t", "2403", "-cy", "-b8", "-r", "foo", foo]),
  odd("D4", 3, 0, ["-u", "-t", "240230", "-cy", "-b8", "-r", "foo", foo]),
  odd("D4", 3, 0, ["-u", "-t", "24030125", "-cy", "-b8", "-r", "foo", foo]),
  odd("D4", 0, 0, ["-t", "2407152330", "-u", "-mb0", "-z", "12", "foo"], {
    out: /^1:0:240715233000:/,
  }),
  // Local time: two hours before UTC in summer.
  odd("D4", 0, 0, ["-t", "2407152330", "-mb0", "-z", "12", "foo"], { out: /^1:0:240715213000:/ }),
  odd("D5", 0, 1, [...y, "-b8", "-r", "foo", "--", foo]),
  odd("D5", 0, 0, [...at, "-mb0", "--", "-foo"], { out: /^1:0:240301:-foo:/ }),
  odd("D6", 2, 2, [...check, "-v", "-b8", foo], { out: /^$/ }),
  odd("D6", 2, 2, [...at, "-wv", foo], { out: /^8\n$/ }),
  odd("D6", 3, 3, [...at, "-q", "-cd", "-f", "/nonexistent/x.sdb", foo], {
    err: /^stampmill: error: /,
  }),
  // Stamps.
  ...[
    foo.replace("1:", "01:"),
    foo.replace("1:", "+1:"),
    foo.replace("1:8", "1: 8"),
    foo.replace("1:8", "1:00"),
    `${foo}:x`,
    foo.replace(":240229:", ":2402:"),
    foo.replace(":240229:", ":240230:"),
    foo.replace(":240229:", ":24022925:"),
    foo.replace("::", ":a b:"),
    foo.replace("::", ":\xe9:"),
  ].map((stamp) =>
    odd("D7", 1, 0, [...at, "-y", "-r", "foo", stamp], { err: /^skipped: stamp inv/ }),
  ),
  odd("D8", 1, 0, ["-u", "-t", "040404", "-cy", "-b12", "-r", "*@foo.com", v0], {
    err: /^skipped: unsupported version\n/,
  }),
  odd("D9", 1, 0, [...y, "-r", "foo", claims(foo, 40)], { err: /insufficient bits/ }),
  odd("D9", 1, 0, [...y, "-b0", "-r", "foo", claims(foo, 40)], { err: /insufficient bits/ }),
  odd("D10", 1, 0, [...y, "-b0", "-r", "foo", claims(sha256, 0)], { err: /unsupported algorithm/ }),
  odd("D10", 1, 0, [...y, "-b0", "-r", "foo", free.replace("::", ":ALG=x:")], {
    err: /unsupported algorithm/,
  }),
  odd("D11", 1, 1, [...at, "-ce", "1s", "-g0", "-b8", "-r", "foo", claims(foo, 40)], {
    err: /^skipped: stamp expired\n/,
  }),
  // Resources.
  odd("D12", 1, 0, [...y, "-b8", "-r", "foo@bar.example", evil], { err: /wrong resource/ }),
  odd("D12", 1, 0, [...y, "-b8", "-r", "*@bar.example", evil], { err: /wrong resource/ }),
  odd("D12", 1, "SIGSEGV", [...y, "-b8", "-r", "foo", mail], { err: /wrong resource/ }),
  odd("D12", 1, "SIGSEGV", [...y, "-b8", "-r", "*", mail], { err: /wrong resource/ }),
  odd("D12", 1, "SIGSEGV", [...y, "-b8", "-r", "foo", "1:8:240229:::a:b"], { err: /invalid/ }),
  odd("D12", 1, "SIGSEGV", [...y, "-Xb8", "-r", "foo"], { input: `X-Hashcash: ${mail}\n` }),
  odd("D12", 1, 0, [...y, "-b8", "-r", "a".repeat(256), bruteStamp({ resource: "a".repeat(257) })]),
  odd("D12", 0, 1, [...y, "-b8", "-r", "a".repeat(257), bruteStamp({ resource: "a".repeat(257) })]),
  odd("D13", 1, 0, [...y, "-b8", "-E", "-r", "adam@x\\.com|bob@y\\.com", adam]),
  odd("D13", 1, 0, [...y, "-b8", "-E", "-r", "\\W+", foo]),
  odd("D13", 3, 0, [...y, "-b8", "-E", "-r", "(o)\\1|f(o)\\2", foo]),
  odd("D13", 3, 0, [...y, "-b8", "-E", "-r", "\\<foo\\>", foo]),
  odd("D13", 3, 0, [...y, "-b8", "-E", "-r", "fo{,2}", foo]),
  odd("D13", 3, 1, [...y, "-b8", "-E", "-r", "(a"]),
  odd("D14", 3, "SIGSEGV", [...y, "-b8", "-r", "", foo]),
  odd("D14", 3, 1, [...y, "-b8", "-r", "a b", foo]),
  odd("D14", 3, 1, [...y, "-b8", "-r", "a:b", foo]),
  odd("D14", 3, 1, [...y, "-b8", "-S", "-r", "\xe9", foo]),
  // Time.
  odd("D15", 1, 0, [...y, "-b8", "-e", "0", "-r", "foo", future], { err: /valid in future/ }),
  // Telling.
  odd("D16", 2, 2, [...at, "-w", foo, bruteStamp({ bits: 5 })], { out: /^8\n5\n$/ }),
  odd("D16", 2, 2, ["-u", "-t", "250101", "-w", "-r", "foo", "-r", "x", foo], { out: /^8\n$/ }),
  odd("D17", 1, 0, [...at, "-wy", "garbage"], { out: /^$/ }),
  odd("D17", 1, 0, [...at, "-ny"], { input: "" }),
  // Input.
  odd("D18", 0, 1, y.concat("-b8", "-r", "foo"), { input: `x\n ${foo}\n`, err: ACCEPTED }),
  odd("D18", 0, 1, y.concat("-Xb8", "-r", "foo"), {
    input: `X-Hashcash: ${foo.slice(0, 9)}\n  ${foo.slice(9)}\n`,
    err: ACCEPTED,
  }),
  odd("D18", 1, 0, y.concat("-Xb8", "-r", "foo"), { input: `A: b\n\nHashcash: ${foo}\n` }),
  odd("D18", 1, 0, y.concat("-b8", "-r", "foo"), { input: `${foo}\0junk\n`, err: /invalid/ }),
  // The database: the purge that ends hashcash(1) before it has looked at the stamp.
  odd("D21", 1, 0, [...check, "-d", "-p1d", "-f", "/dev/null", "-b8", "-r", "foo", "garbage"]),
  // Minting.
  odd("D22", 0, 0, [...at, "-mb8", "-Z2", "foo"], {
    out: /^1:8:240301:foo::[^:]{16}:[^:]{1,3}\n$/,
  }),
  odd("D22", 0, 0, [...at, "-mXb8", "r".repeat(30)], {
    out: /^X-Hashcash: .{64}\n\t.*\n$/,
  }),
  odd("D23", 3, 0, [...at, "-mb4", "http://a.b/c"]),
  odd("D23", 3, 0, [...at, "-mb4", "a b"]),
  odd("D23", 3, 0, [...at, "-mb4", "\xe9"]),
  odd("D23", 3, 0, [...at, "-mb4", ""]),
  odd("D23", 3, 0, [...at, "-mb4", "-x", "a:b", "foo"]),
  odd("D23", 3, 0, [...at, "-mb4", "-x", "alg=sha256", "foo"]),
  odd("D23", 3, "SIGABRT", [...at, "-mb4", "a".repeat(20_000)]),
  odd("D24", 0, 0, [...at, "-mb4", "-e", "90m"], { input: "foo\n", out: /^1:4:2403010000:foo:/ }),
  odd("D24", 0, 0, [...at, "-mCb4"], { input: "Foo\n", out: /^1:4:240301:Foo:/ }),
];

/** What is shown by other tests: what becomes of the database. */
export const SHOWN_ELSEWHERE = ["D19", "D20"];
