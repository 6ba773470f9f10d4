import assert from "node:assert/strict";
import { after } from "node:test";
import { Repository } from "./repository.ts";

export const BITS = "8";
/** To be followed by a range. */
export const VERIFY = ["verify", "-b", BITS, "--slug", "example/forum", "--git"];
export const STAMP = ["git", "stamp", "-b", BITS, "--slug", "example/forum"];

const made: Repository[] = [];
after(() => {
  for (const repository of made) repository.remove();
});

/** An empty repository, or a clone; gone after the tests. */
export function create(clone?: readonly string[]): Repository {
  const repository = new Repository(clone);
  made.push(repository);
  return repository;
}

/** What `verify --git` says about each commit. */
export function verdicts(repository: Repository, range: string, ...options: string[]) {
  const { code, stdout, stderr } = repository.stampmill([...VERIFY, range, "--json", ...options]);
  const rows = stdout.split("\n").filter((line) => line !== "");
  return { code, stderr, rows: rows.map((line) => JSON.parse(line)) };
}

export const reasons = (result: ReturnType<typeof verdicts>) =>
  result.rows.map(({ reason }) => reason);

/** Stamps commits. */
export function stamped(repository: Repository, range = "HEAD"): void {
  const { code, stderr } = repository.stampmill([...STAMP, range]);
  assert.equal(code, 0, stderr);
}

/** A repository of three commits: one, then two with a file of their own. */
export function small(): Repository {
  const repository = create();
  repository.commit("a", "1\n", "one");
  repository.commit("b", "2\n", "two\n\nwhat for\n");
  repository.commit("c", "3\n", "three\n\nSigned-off-by: Ann <ann@example.org>\n");
  return repository;
}
