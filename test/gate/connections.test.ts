import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_PROXIES, originOf, readAddresses } from "../../src/gate/http/addresses.ts";
import { type ConnectionLimits, Connections } from "../../src/gate/http/connections.ts";
import { Drops } from "../../src/gate/http/drops.ts";
import type { LogFields } from "../../src/gate/http/log.ts";
import { Parking, placesBeside } from "../../src/gate/http/parking.ts";
import { ServiceMetrics } from "../../src/gate/http/service-metrics.ts";

test("an address counts for itself; of IPv6 the first 64 bits count, too", () => {
  const cases: [address: string, origin: string, network: string | null][] = [
    ["192.0.2.1", "192.0.2.1", null],
    ["::ffff:192.0.2.1", "192.0.2.1", null],
    ["::ffff:c000:201", "192.0.2.1", null],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1", null],
    // Behind a translator all of IPv4 would be one network.
    ["64:ff9b::192.0.2.1", "192.0.2.1", null],
    ["64:ff9b:1::c000:201", "64:ff9b:1:0:0:0:c000:201", "64:ff9b:1:0::/64"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1", "2001:db8:0:0::/64"],
    ["2001:DB8:0:0:1::", "2001:db8:0:0:1:0:0:0", "2001:db8:0:0::/64"],
    ["2001:db8:0:1::1", "2001:db8:0:1:0:0:0:1", "2001:db8:0:1::/64"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", "1:2:3:4::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "1:2:3:4::/64"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "0:2:3:4::/64"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1", "fe80:0:0:0::/64"],
    ["::", "0:0:0:0:0:0:0:0", "0:0:0:0::/64"],
    ["::1", "0:0:0:0:0:0:0:1", "0:0:0:0::/64"],
    // Not mapped: an old form of which nobody knows what is behind it.
    ["::192.0.2.1", "0:0:0:0:0:0:c000:201", "0:0:0:0::/64"],
  ];
  for (const [address, origin, network] of cases) {
    assert.deepEqual(originOf(address), { address: origin, network }, address);
  }
  for (const none of [undefined, "", "/run/gate.sock", "1.2.3", "1:2", "::g"]) {
    assert.equal(originOf(none), null, none);
  }
});

test("however an IPv6 address is written, it is one, and its /64 is what comes first", () => {
  const part = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(part, { minLength: 8, maxLength: 8 }), (parts) => {
      const plain = parts.map((n) => n.toString(16)).join(":");
      const long = parts.map((n) => n.toString(16).padStart(4, "0").toUpperCase()).join(":");
      // As systems write it, with the longest row of zeros left out.
      const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
      const origin = originOf(plain);
      assert.deepEqual(originOf(long), origin);
      assert.deepEqual(originOf(short), origin);
      if (origin?.network === null) return;
      assert.equal(origin?.network, `${plain.split(":").slice(0, 4).join(":")}::/64`);
    }),
  );
});

test("a list of addresses has those and networks, and refuses what is neither", () => {
  const defaults = readAddresses(DEFAULT_PROXIES, "proxies");
  const inside = ["127.0.0.1", "::1", "10.255.0.1", "172.31.9.9", "192.168.1.1", "fd00::5"];
  // Also where IPv4 comes in the clothes of IPv6.
  const mapped = ["::ffff:127.0.0.1", "::ffff:10.1.2.3"];
  const outside = ["127.0.0.2", "11.0.0.1", "172.32.0.1", "192.169.0.1", "fe80::1", "2001:db8::1"];
  const has = (address: string) => defaults(originOf(address)?.address ?? "");
  for (const address of [...inside, ...mapped]) assert.ok(has(address), address);
  for (const address of outside) assert.ok(!has(address), address);
  assert.ok(!readAddresses([], "proxies")("127.0.0.1"));
  const own = readAddresses(["::ffff:192.0.2.7", "2001:db8::/32", "198.51.100.0/24"], "proxies");
  assert.ok(own("192.0.2.7") && own("198.51.100.200"));
  assert.ok(own(originOf("2001:db8:ffff::1")?.address ?? ""));
  assert.ok(!own("192.0.2.8") && !own(originOf("2001:db9::1")?.address ?? ""));
  const bad = ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8"];
  for (const entry of [...bad, "fe80::1%eth0", "/run/gate.sock", "10.0.0.0/-1", " 10.0.0.1"]) {
    assert.throws(() => readAddresses(["::1", entry], "proxies"), {
      code: "bad-input",
      parameter: "proxies[1]",
    });
  }
});

/** As much of a socket as is needed here. */
class FakeSocket extends EventEmitter {
  bytesWritten = 0;
  writableLength = 0;
  /** How it was closed by the server. */
  ended: "closed" | "reset" | null = null;
  paused = false;
  readonly name: string;
  readonly remoteAddress: string | undefined;

  constructor(name: string, remoteAddress: string | undefined) {
    super();
    this.name = name;
    this.remoteAddress = remoteAddress;
  }

  pause(): void {
    this.paused = true;
  }

  destroy(): void {
    this.ended ??= "closed";
    this.emit("close");
  }

  resetAndDestroy(): void {
    this.ended ??= "reset";
    this.emit("close");
  }
}

/** Connections of fake sockets, and what was closed, in order. */
class Held {
  readonly closed: string[] = [];
  readonly connections: Connections;
  readonly #sockets = new Map<string, FakeSocket>();

  constructor(
    limits: Partial<ConnectionLimits>,
    proxies: readonly string[] = [],
    parking = new Parking(0, 0),
  ) {
    const all = { maxConnections: 1000, maxPerAddress: 1000, maxPerNetwork: 1000, ...limits };
    const exempt = readAddresses(proxies, "proxies");
    this.connections = new Connections(all, exempt, parking, (socket, reason) =>
      this.closed.push(`${(socket as unknown as FakeSocket).name} ${reason}`),
    );
  }

  /** @param address null for none, as on a Unix socket */
  open(names: string, address: string | null = "192.0.2.1"): void {
    for (const name of names) {
      const socket = new FakeSocket(name, address ?? undefined);
      this.#sockets.set(name, socket);
      this.connections.add(socket as unknown as Socket);
    }
  }

  fake(name: string): FakeSocket {
    const socket = this.#sockets.get(name);
    assert.ok(socket !== undefined, name);
    return socket;
  }

  socket = (name: string) => this.fake(name) as unknown as Socket;

  /** All of a request is there, and its answer is not. */
  ask(name: string): void {
    this.connections.begin(this.socket(name));
    this.connections.complete(this.socket(name));
  }

  /** It is answered, whether that is taken or not. */
  answer(name: string): void {
    this.fake(name).bytesWritten += 100;
    this.connections.answer(this.socket(name));
  }
}

test("when full, what has waited longest for its client goes, and the newest is served", () => {
  const held = new Held({ maxConnections: 3 });
  held.open("abcde");
  assert.deepEqual(held.closed, ["a too-many-connections", "b too-many-connections"]);
  assert.deepEqual([held.connections.size, held.connections.waiting], [3, 3]);
  assert.equal(held.fake("a").ended, "reset");
  // What its client closes makes room.
  held.fake("c").emit("close");
  held.open("f");
  assert.equal(held.closed.length, 2);
  held.open("g");
  assert.equal(held.closed.at(-1), "d too-many-connections");
});

test("a whole request keeps its place until it is answered; headers alone do not", () => {
  const held = new Held({ maxConnections: 3 });
  held.open("abc");
  held.ask("a");
  held.connections.begin(held.socket("b"));
  held.open("d");
  assert.deepEqual(held.closed, ["b too-many-connections"]);
  held.open("e");
  assert.deepEqual(held.closed.slice(1), ["c too-many-connections"]);
  // Once answered it is the newest of those that wait.
  held.answer("a");
  held.open("f");
  assert.deepEqual(held.closed.slice(2), ["d too-many-connections"]);
  held.open("g");
  assert.deepEqual(held.closed.slice(3), ["e too-many-connections"]);
  held.open("h");
  assert.deepEqual(held.closed.slice(4), ["a too-many-connections"]);
  // A client that has its answer, or all but the last of it, is not to lose that.
  assert.equal(held.fake("a").ended, "closed");
});

test("an answer that is not taken keeps no place", () => {
  const held = new Held({ maxConnections: 2 });
  held.open("ab");
  held.ask("a");
  held.answer("a");
  held.fake("a").writableLength = 5000;
  held.open("cd");
  assert.deepEqual(held.closed, ["b too-many-connections", "a too-many-connections"]);
  assert.equal(held.fake("a").ended, "reset");
});

test("of several requests at once the last answer counts", () => {
  const held = new Held({ maxConnections: 2 });
  held.open("ab");
  held.ask("a");
  held.ask("a");
  held.answer("a");
  assert.equal(held.connections.waiting, 1);
  held.open("c");
  assert.deepEqual(held.closed, ["b too-many-connections"]);
  held.answer("a");
  assert.equal(held.connections.waiting, 2);
});

test("if all are at work, the new one goes", () => {
  const held = new Held({ maxConnections: 2 });
  held.open("ab");
  held.ask("a");
  held.ask("b");
  held.open("c");
  assert.deepEqual(held.closed, ["c too-many-connections"]);
  assert.equal(held.connections.size, 2);
});

test("a limit for each address: its own oldest goes, nobody else's", () => {
  const held = new Held({ maxPerAddress: 2 });
  held.open("x", "192.0.2.9");
  held.open("ab");
  // The same address, as a socket for both kinds has it.
  held.open("c", "::ffff:192.0.2.1");
  assert.deepEqual(held.closed, ["a too-many-of-address"]);
  held.ask("b");
  held.open("d");
  assert.equal(held.closed.length, 1, "what is at work is not counted");
  held.answer("b");
  assert.deepEqual(held.closed.slice(1), ["c too-many-of-address"]);
  assert.equal(held.connections.size, 3);
});

test("a limit for each /64, whose addresses are without number", () => {
  const held = new Held({ maxPerAddress: 2, maxPerNetwork: 3 });
  held.open("x", "2001:db8:0:2::1");
  held.open("a", "2001:db8:0:1::a");
  held.open("b", "2001:db8:0:1::b");
  held.open("c", "2001:db8:0:1:1::c");
  held.open("d", "2001:db8:0:1:2::d");
  assert.deepEqual(held.closed, ["a too-many-of-network"]);
  held.open("ef", "2001:db8:0:1::b");
  // Three of one address: one for that; then the network has as many as it may.
  assert.deepEqual(held.closed.slice(1), ["b too-many-of-network", "c too-many-of-network"]);
  held.open("g", "2001:db8:0:1::b");
  assert.deepEqual(held.closed.slice(3), ["e too-many-of-address"]);
});

test("proxies and Unix sockets have no limit of their own, and are held as the others are", () => {
  const held = new Held({ maxConnections: 6, maxPerAddress: 1, maxPerNetwork: 1 }, [
    "10.0.0.0/8",
    "fd00::/8",
  ]);
  held.open("ab", "10.1.2.3");
  held.open("cd", "fd00::1");
  held.open("ef", null);
  assert.deepEqual(held.closed, []);
  held.open("g", "10.1.2.3");
  assert.deepEqual(held.closed, ["a too-many-connections"]);
});

test("whatever happens, limits hold and counts agree", () => {
  const addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "::1"];
  const step = fc.record({
    what: fc.constantFrom("open", "open", "open", "ask", "answer", "leave"),
    who: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const held = new Held({ maxConnections: 7, maxPerAddress: 2, maxPerNetwork: 3 }, ["::1"]);
      const alive: { name: string; busy: number }[] = [];
      let made = 0;
      for (const { what, who } of steps) {
        const one = alive[who % Math.max(1, alive.length)];
        if (what === "open") {
          const name = String.fromCodePoint(0x4e00 + made++);
          held.open(name, addresses[who % addresses.length]);
          alive.push({ name, busy: 0 });
        } else if (one !== undefined && what === "ask") {
          held.ask(one.name);
          one.busy++;
        } else if (one !== undefined && what === "answer" && one.busy > 0) {
          held.answer(one.name);
          one.busy--;
        } else if (one !== undefined && what === "leave") held.fake(one.name).emit("close");
        for (let i = alive.length - 1; i >= 0; i--) {
          const { name, busy } = alive[i] ?? { name: "", busy: 0 };
          const gone = held.fake(name).ended !== null || (what === "leave" && one?.name === name);
          // Only what waits may have been closed, but for what comes when all are at work.
          assert.ok(!gone || what === "leave" || busy === 0, `${name} was at work`);
          if (gone) alive.splice(i, 1);
        }
        const waiting = alive.filter(({ busy }) => busy === 0);
        assert.equal(held.connections.size, alive.length);
        assert.equal(held.connections.waiting, waiting.length);
        assert.ok(alive.length <= 7);
        const from = (start: string) =>
          waiting.filter(({ name }) => held.fake(name).remoteAddress?.startsWith(start)).length;
        for (const address of addresses.slice(0, 4)) assert.ok(from(address) <= 2, address);
        assert.ok(from("2001:db8:") <= 3);
      }
    }),
  );
});

test("what is given up is parked: not read, and closed later, or when there is no place", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const parking = new Parking(2, 3000);
  const held = new Held({ maxConnections: 1 }, [], parking);
  held.open("ab");
  assert.deepEqual(held.closed, ["a too-many-connections"]);
  assert.deepEqual([held.connections.size, parking.size], [1, 1]);
  assert.deepEqual([held.fake("a").paused, held.fake("a").ended], [true, null]);
  context.mock.timers.tick(2000);
  held.open("c");
  context.mock.timers.tick(999);
  assert.equal(held.fake("a").ended, null);
  context.mock.timers.tick(1);
  assert.deepEqual([held.fake("a").ended, held.fake("b").ended], ["reset", null]);
  held.open("de");
  assert.deepEqual([held.fake("b").ended, held.fake("c").ended], ["reset", null]);
  assert.equal(parking.size, 2);
  // What its client closes leaves its place.
  held.fake("c").emit("close");
  assert.equal(parking.size, 1);
  // Whoever has an answer is told at once.
  held.ask("e");
  held.answer("e");
  held.open("f");
  assert.deepEqual([held.fake("e").ended, parking.size], ["closed", 1]);
  held.connections.closeIdle();
  assert.deepEqual([held.fake("d").ended, held.fake("f").ended], ["reset", "closed"]);
  assert.deepEqual([parking.size, held.connections.size], [0, 0]);
});

test("parking leaves files for all else", () => {
  assert.equal(placesBeside(1000, Infinity), 4000);
  assert.equal(placesBeside(1000, 20_000), 4000);
  assert.equal(placesBeside(1000, 4096), 2896);
  assert.equal(placesBeside(1000, 1024), 0);
  assert.ok(placesBeside(1) <= 4);
});

test("drops: all are counted, and one line tells how many, why, and from where most", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const lines: [level: string, event: string, fields?: LogFields][] = [];
  const log = Object.assign(
    (...line: [level: string, event: string, fields?: LogFields]) => void lines.push(line),
    { end: async () => {} },
  );
  const metrics = new ServiceMetrics({
    connections: () => 0,
    waiting: () => 0,
    parked: () => 0,
    pending: () => 0,
  });
  const drops = new Drops(log, metrics);
  const socket = (address: string) => new FakeSocket("", address) as unknown as Socket;
  const flooded = socket("192.0.2.2");
  for (let i = 0; i < 3000; i++) drops.closed(i === 0 ? flooded : socket("192.0.2.2"), "full");
  for (let i = 0; i < 3000; i++) drops.closed(socket(`10.0.${i >> 8}.${i & 255}`), "full");
  drops.failed(socket("192.0.2.3"), "bad-http", "HPE_INVALID_METHOD");
  assert.equal(lines.length, 0);
  context.mock.timers.tick(1000);
  const remote = "192.0.2.2";
  const counts = { connections: 6001, full: 6000, "bad-http": 1, remote, ofRemote: 3000 };
  assert.deepEqual(lines, [["warn", "dropped", { ...counts, detail: "HPE_INVALID_METHOD" }]]);
  assert.match(metrics.write(), /^stampmill_unread_total\{reason="full"\} 6000$/m);
  context.mock.timers.tick(5000);
  assert.equal(lines.length, 1, "nothing more happened");
  const slow = socket("192.0.2.3");
  drops.failed(slow, "too-slow", undefined);
  context.mock.timers.tick(999);
  drops.failed(socket("192.0.2.3"), "too-slow", undefined);
  assert.equal(lines.length, 1);
  drops.flush();
  assert.deepEqual(lines[1]?.slice(0, 2), ["info", "dropped"]);
  context.mock.timers.tick(5000);
  assert.equal(lines.length, 2);
  // What was under way on these is told of here alone.
  assert.ok(drops.has(flooded) && drops.has(slow) && !drops.has(socket("192.0.2.2")));
});
