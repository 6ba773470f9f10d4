import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Quote } from "../../src/gate/types.ts";
import { outcomeOf, runCli, startCli } from "../cli.ts";
import { noThreads, untilNice } from "../engine/nice-threads.ts";
import { digestOf } from "./gate-fixture.ts";
import { folder, withGate } from "./gate-server.ts";

const WHO = ["--resource", "forum", "--poster", "alice"];
const SALT = "0123456789abcdefghijkl";

/** `stampmill post` with a message on its standard input. */
async function postTo(url: string, message: string, ...more: string[]) {
  const outcome = await runCli(["post", "--to", url, ...WHO, ...more, "--json", "-"], message);
  const report = outcome.stdout === "" ? null : JSON.parse(outcome.stdout);
  return { ...outcome, report };
}

/** A quote as an honest server would give it. */
function quoteFor(message: string, more: object = {}): Quote {
  const resource = `forum/${SALT}/${digestOf(message)}`;
  const honest = { price: 4, bits: 1, count: 8, algorithm: "sha1", salt: SALT, resource };
  return { ...honest, date: "261124120000", explanation: "why not", ...more } as unknown as Quote;
}

/** A server that answers as it likes. */
async function withServer(listener: RequestListener, body: (url: string) => Promise<void>) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers of one status and JSON body to GET and to each POST in turn, the last for good. */
function saying(price: [number, unknown], ...posts: [number, unknown][]): RequestListener {
  let asked = 0;
  return (request, response) => {
    request.resume();
    const [status, body] =
      request.method === "GET" ? price : (posts[Math.min(asked++, posts.length - 1)] ?? price);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

test("post: asks, mints and posts; the price that rose meanwhile is topped up", async () => {
  await withGate({}, async ({ url }) => {
    const first = await postTo(url, "hello");
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stderr, "");
    const { tries, seconds, ...rest } = first.report;
    assert.ok(tries > 0 && seconds >= 0);
    assert.deepEqual(rest, {
      accepted: true,
      reason: null,
      explanation: null,
      price: 8,
      resource: "forum",
      poster: "alice",
      digest: digestOf("hello"),
      stamps: 8,
      rounds: 1,
    });
    const text = await runCli(["post", "--to", `${url}/`, ...WHO], "again");
    assert.match(text.stdout, /^accepted at (8\.\d+|9) bits for \d+ stamps\n$/);
  });
});

test("post: what is missing is minted, and what there is stays good", async () => {
  const quote = quoteFor("hello");
  const sent: string[][] = [];
  let posts = 0;
  await withServer(
    (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (more) => {
        text += more;
      });
      request.on("end", () => {
        if (request.method === "GET") return response.end(JSON.stringify(quote));
        sent.push(JSON.parse(text).stamps);
        const dearer = { ...quote, price: 5, count: 16 };
        const short = { reason: "underpaid", missing: { bits: 1, count: 3 }, quote: dearer };
        response.statusCode = posts++ === 0 ? 402 : 201;
        return response.end(JSON.stringify(response.statusCode === 402 ? short : { price: 5 }));
      });
    },
    async (url) => {
      const { code, report } = await postTo(url, "hello");
      assert.deepEqual([code, report.stamps, report.rounds, report.price], [0, 11, 2, 5]);
      assert.deepEqual(sent[1]?.slice(0, 8), sent[0]);
      assert.equal(new Set(sent[1]).size, 11);
    },
  );
});

test("post: a salt that ran out, or stamps that are spent, are paid anew", async () => {
  const quote = quoteFor("hello");
  const salt = "another-salt-another-s";
  const turned = { ...quote, salt, resource: `forum/${salt}/${digestOf("hello")}` };
  const listener = saying(
    [200, quote],
    [402, { reason: "wrong-salt", missing: null, quote: turned }],
    [402, { reason: "spent", missing: null, quote: turned }],
    [201, { price: 4 }],
  );
  await withServer(listener, async (url) => {
    const { code, report } = await postTo(url, "hello");
    assert.deepEqual([code, report.stamps, report.rounds], [0, 8, 3]);
  });
});

test("post: it costs more than one would pay", async () => {
  await withServer(saying([200, quoteFor("hello", { price: 40, bits: 37 })]), async (url) => {
    const { code, report } = await postTo(url, "hello");
    assert.deepEqual(
      [code, report.reason, report.price, report.tries],
      [1, "too-expensive", 40, 0],
    );
    assert.equal(report.explanation, "why not");
  });
  // Not asked for at once, but step by step.
  const quote = quoteFor("hello");
  const more = { reason: "underpaid", missing: { bits: 1, count: 8 }, quote };
  await withServer(saying([200, quote], [402, more]), async (url) => {
    const { code, stdout, stderr } = await postTo(url, "hello", "--max-bits", "5");
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /goes on asking/);
    const patient = await postTo(url, "hello", "--max-bits", "20");
    assert.deepEqual(
      [patient.code, patient.report.reason, patient.report.rounds],
      [1, "underpaid", 6],
    );
  });
});

test("post: a no with its reason is passed on, and cannot act on the terminal", async () => {
  const no = { reason: "unknown-resource", message: "no such \u001b[31mboard\n" };
  for (const listener of [
    saying([404, no]),
    saying([200, quoteFor("hello")], [413, { ...no, reason: "too-large" }]),
    saying([200, quoteFor("hello")], [402, { reason: "expired", quote: quoteFor("hello") }]),
  ]) {
    await withServer(listener, async (url) => {
      const { code, report, stdout } = await postTo(url, "hello");
      assert.deepEqual([code, report.accepted], [1, false]);
      const text = await runCli(["post", "--to", url, ...WHO], "hello");
      assert.equal(text.code, 1);
      assert.match(stdout + text.stdout, /^[\n -~]+$/);
    });
  }
});

test("post: answers that make no sense end with exit code 3, and nothing is minted", async () => {
  const quote = quoteFor("hello");
  const bad: [unknown, RegExp][] = [
    ["<html>", /not JSON/],
    ["[]", /not an object/],
    ["null", /not an object/],
    [{}, /price/],
    [{ ...quote, price: -1 }, /price/],
    [{ ...quote, price: 1e9 }, /price/],
    [{ ...quote, price: "4" }, /price/],
    [{ ...quote, bits: 65 }, /bits/],
    [{ ...quote, bits: 1.5 }, /bits/],
    [{ ...quote, count: 1e6 }, /count/],
    [{ ...quote, count: 1000, bits: 60 }, /are more than 4 bits/],
    [{ ...quote, algorithm: "md5" }, /algorithm/],
    [{ ...quote, algorithm: "__proto__" }, /algorithm/],
    [{ ...quote, salt: "../" }, /salt/],
    // Work that would be good for somebody else.
    [{ ...quote, resource: "bank" }, /resource/],
    [{ ...quote, resource: `other/${SALT}/${digestOf("hello")}` }, /resource/],
    [{ ...quote, resource: `forum/${SALT}/${digestOf("other")}` }, /resource/],
    [{ ...quote, date: "yesterday" }, /date/],
    [`{"a": "${"x".repeat(300_000)}"}`, /more than 262144 bytes/],
  ];
  for (const [answer, about] of bad) {
    await withServer(saying([200, answer]), async (url) => {
      const { code, stdout, stderr } = await postTo(url, "hello");
      assert.deepEqual([code, stdout], [3, ""], stderr);
      assert.match(stderr, /^stampmill: error: the answer of http:.+makes no sense: .+\n/);
      assert.match(stderr, about);
    });
  }
  await withServer(saying([200, quote], [201, {}]), async (url) => {
    assert.equal((await postTo(url, "hello")).code, 3);
  });
});

test("post: redirections, slow servers and broken ones", async () => {
  let asked = 0;
  await withServer(
    (_, response) => {
      asked++;
      response.writeHead(307, { location: "http://127.0.0.1:1/price" }).end();
    },
    async (url) => {
      const { code, stderr } = await postTo(url, "hello");
      assert.equal(code, 3);
      assert.match(stderr, /a redirection to "http:\/\/127\.0\.0\.1:1\/price"/);
      assert.equal(asked, 1);
    },
  );
  const drip: RequestListener = (_, response) => {
    const timer = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(timer));
  };
  await withServer(drip, async (url) => {
    const { code, stderr } = await postTo(url, "hello", "--timeout", "1s");
    assert.equal(code, 3);
    assert.match(stderr, /no answer within 1 s/);
  });
  await withServer(
    (request) => request.socket.destroy(),
    async (url) => {
      const { code, stderr } = await postTo(url, "hello");
      assert.equal(code, 3);
      assert.match(stderr, /cannot be asked: .+/);
    },
  );
});

test("post: a server that cannot answer now is asked again, and not for ever", async () => {
  const away: [number, unknown] = [503, { reason: "store-failed", message: "away" }];
  const quote = quoteFor("hello");
  await withServer(saying([200, quote], away, [201, { price: 4 }]), async (url) => {
    const { code, report } = await postTo(url, "hello");
    assert.deepEqual([code, report.stamps], [0, 8]);
  });
  let asked = 0;
  await withServer(
    (_, response) => {
      asked++;
      response.writeHead(503, { "retry-after": "0" }).end(JSON.stringify(away[1]));
    },
    async (url) => {
      const { code, stderr } = await postTo(url, "hello");
      assert.equal(code, 3);
      assert.match(stderr, /answers with status 503: away/);
      assert.equal(asked, 5);
    },
  );
});

test("post: whether it was accepted is not known, and it says so", async () => {
  const quote = quoteFor("hello");
  let posts = 0;
  await withServer(
    (request, response) => {
      request.resume();
      if (request.method === "GET") return response.end(JSON.stringify(quote));
      if (posts++ === 0) return request.socket.destroy();
      response.statusCode = 402;
      return response.end(JSON.stringify({ reason: "spent", missing: null, quote }));
    },
    async (url) => {
      const { code, stdout, stderr } = await postTo(url, "hello");
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /an answer was lost/);
      assert.match(stderr, /hint: .*look before/);
    },
  );
});

test("post: only the digest leaves the house, if that is wanted", async () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const file = join(folder, "photo.jpg");
  writeFileSync(file, bytes);
  let body = "";
  const quote = quoteFor("hello", { resource: `forum/${SALT}/${digestOf(bytes)}` });
  await withServer(
    (request, response) => {
      if (request.method === "GET") return response.end(JSON.stringify(quote));
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => response.writeHead(201).end(JSON.stringify({ price: 4 })));
      return undefined;
    },
    async (url) => {
      const { code } = await runCli(["post", "--to", url, ...WHO, "--digest-only", file]);
      assert.equal(code, 0);
      const { digest, message } = JSON.parse(body);
      assert.deepEqual([digest, message], [digestOf(bytes), undefined]);
    },
  );
});

test("post: SIGINT ends the minting", async () => {
  const dear = quoteFor("hello", { price: 60, bits: 57 });
  await withServer(saying([200, dear]), async (url) => {
    const child = startCli(["post", "--to", url, ...WHO, "--max-bits", "64"]);
    child.stdin?.end("hello");
    const outcome = outcomeOf(child);
    setTimeout(() => child.kill("SIGINT"), 1500);
    const { code, stdout } = await outcome;
    assert.deepEqual([code, stdout], [130, ""]);
  });
});

test("post: --nice mints while nothing else wants the processor", { skip: noThreads }, async () => {
  const dear = quoteFor("hello", { price: 60, bits: 57 });
  await withServer(saying([200, dear]), async (url) => {
    const child = startCli(["post", "--to", url, ...WHO, "--max-bits", "64", "--nice", "-j", "2"]);
    child.stdin?.end("hello");
    const outcome = outcomeOf(child);
    try {
      await untilNice(child.pid, 2);
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal((await outcome).code, 143);
  });
});
