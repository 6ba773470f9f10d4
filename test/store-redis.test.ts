import { after, before } from "node:test";
import { openStore } from "../src/store/open.ts";
import { noRedis, RedisServer } from "./redis-server.ts";
import { testStore } from "./store-contract.ts";

const server = new RedisServer();
let places = 0;

before(async () => {
  if (!noRedis) await server.start();
});
after(() => server.remove());

testStore({
  name: "Redis",
  skip: noRedis,
  async place() {
    const url = `${server.url}/0?namespace=place-${places++}`;
    return { open: () => openStore(url) };
  },
});
