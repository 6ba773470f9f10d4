import type { SpentStore } from "./store.ts";
export async function openRedis(_url: string): Promise<SpentStore> {
  throw new Error("soon");
}
