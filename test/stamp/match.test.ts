import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exactMatcher, regexMatcher, wildcardMatcher } from "../../src/stamp/match.ts";

test("wildcards: a star takes anything but @, in a domain not a dot either", () => {
  const cases: [pattern: string, takes: string[], refuses: string[]][] = [
    ["foo@bar", ["foo@bar"], ["foo@bar@evil", "Foo@bar", "foo", "foo@barx", "xfoo@bar"]],
    ["*", ["foo", "a.b/c"], ["foo@bar", "@"]],
    [
      "*@foo.com",
      ["a@foo.com", "a.b@foo.com", "@foo.com"],
      ["a@b.foo.com", "a@b@foo.com", "foo.com"],
    ],
    ["*@*.foo.com", ["a@b.foo.com"], ["a@foo.com", "a@b.c.foo.com"]],
    ["a@*", ["a@localhost"], ["a@foo.com", "a"]],
    ["forum-*", ["forum-", "forum-a.b"], ["forum", "forum-a@b"]],
    ["*a*b", ["ab", "xaxb", "aab", "abb"], ["ba", "axbx"]],
    ["a*a", ["aa", "axa"], ["a"]],
    ["a*bc*cd", ["abccd", "axbcxcd"], ["abcd"]],
    ["**", ["", "x"], ["@"]],
    ["x?y", ["x?y"], ["xay"]],
  ];
  for (const [pattern, takes, refuses] of cases) {
    const matches = wildcardMatcher(pattern);
    for (const resource of takes) assert.equal(matches(resource), true, `${pattern} ${resource}`);
    for (const resource of refuses)
      assert.equal(matches(resource), false, `${pattern} ${resource}`);
  }
});

test("property: a wildcard matches as the regular expression it stands for", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "@", "."), maxLength: 9 });
  let matched = 0;
  fc.assert(
    fc.property(
      letters.filter((p) => p !== ""),
      letters,
      (pattern, resource) => {
        const [local, ...domains] = pattern.split("@");
        const source = [
          local?.replaceAll(".", "\\.").replaceAll("*", "[^@]*"),
          ...domains.map((d) => d.replaceAll(".", "\\.").replaceAll("*", "[^@.]*")),
        ].join("@");
        const expected = new RegExp(`^${source}$`).test(resource);
        assert.equal(wildcardMatcher(pattern)(resource), expected, `${pattern} ${resource}`);
        if (expected) matched++;
      },
    ),
    { numRuns: 20_000 },
  );
  assert.ok(matched > 100, `only ${matched} matched`);
});

test("a wildcard with many stars has bounded time", () => {
  const matches = wildcardMatcher(`${"*a".repeat(490)}*b`);
  const started = performance.now();
  assert.equal(matches("a".repeat(4000)), false);
  assert.ok(performance.now() - started < 5000);
});

test("exact takes byte for byte", () => {
  const matches = exactMatcher(["foo@bar", "*"]);
  assert.deepEqual(["foo@bar", "*", "FOO@bar", "foo@bar2", "x"].map(matches), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("a regular expression takes the whole resource, alternatives included", async () => {
  const either = await regexMatcher("adam@x\\.com|bob@y\\.com");
  assert.equal(either("adam@x.com"), true);
  assert.equal(either("bob@y.com"), true);
  assert.equal(either("adam@x.com.evil.org"), false);
  assert.equal(either("evilbob@y.com"), false);
  const upper = await regexMatcher("\\W+");
  assert.deepEqual([upper("!!"), upper("foo")], [true, false]);
  const ambiguous = await regexMatcher("a|ab|abc");
  assert.equal(ambiguous("abc"), true);
});

test("a regular expression that would backtrack for ever is linear", async () => {
  const matches = await regexMatcher("(x+x+)+y");
  const started = performance.now();
  assert.equal(matches("x".repeat(4000)), false);
  assert.ok(performance.now() - started < 5000);
});

test("patterns that cannot be used are errors", async () => {
  const bad = { name: "StampmillError", code: "bad-input", parameter: "resource" };
  await assert.rejects(regexMatcher("(a"), bad);
  await assert.rejects(regexMatcher("(a)\\1"), bad);
  await assert.rejects(regexMatcher(""), bad);
  await assert.rejects(regexMatcher("a".repeat(1001)), bad);
  await assert.rejects(regexMatcher("a{999}b{999}c{999}"), { ...bad, message: /too large/ });
  assert.throws(() => wildcardMatcher(""), bad);
  assert.throws(() => wildcardMatcher("a".repeat(1001)), bad);
  assert.throws(() => wildcardMatcher("a b*"), bad);
  assert.throws(() => exactMatcher(["a:b"]), bad);
});
