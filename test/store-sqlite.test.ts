import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openStore } from "../src/store/open.ts";
import { testStore } from "./store-contract.ts";

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-store-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

testStore({
  name: "SQLite",
  skip: false,
  async place(t) {
    const file = join(folderFor(t), "spent.db");
    return { open: () => openStore(file) };
  },
});
