import type { VerifyOptions } from "../../stamp/rules.ts";
import { createVerifier } from "../../stamp/verify.ts";
import { openStore } from "../../store/open.ts";
import { createSpender, type Spender } from "../../store/spend.ts";
import type { Options } from "./options.ts";

/** Does something with a judge of stamps, who has the store open meanwhile if there is one. */
export async function withSpender(
  requirements: VerifyOptions,
  { store: url, spend }: Options,
  work: (judge: Spender) => Promise<void>,
): Promise<void> {
  // The options first: a mistake in them should not leave a new store behind.
  const verifier = createVerifier(requirements);
  if (url === undefined) return work(async (stamps) => stamps.map(verifier));
  const store = await openStore(url, { readOnly: !spend });
  try {
    await work(createSpender({ ...requirements, store, spend }));
  } finally {
    await store.close();
  }
}
