import type { Algorithm } from "../../engine/algorithms.ts";
import { StampmillError } from "../../text/errors.ts";
import { writeHint } from "../terminal/output.ts";

/**
 * This host's rate in hashes a second as calibrate has kept it; null if it has not, or where there
 * is no engine. Takes a few milliseconds.
 */
export async function savedHostRate(algorithm: Algorithm): Promise<number | null> {
  try {
    const { savedRate } = await import("../../difficulty/profile.ts");
    return savedRate(algorithm)?.rate ?? null;
  } catch (error) {
    if (!(error instanceof StampmillError)) throw error;
    return null;
  }
}

/** This host's rate, kept or measured in a second; null, with a hint, where there is no engine. */
export async function hostRateNow(algorithm: Algorithm): Promise<number | null> {
  try {
    const { hostRate } = await import("../../difficulty/profile.ts");
    return (await hostRate(algorithm, { warn: writeHint })).rate;
  } catch (error) {
    if (!(error instanceof StampmillError) || error.code !== "engine") throw error;
    writeHint(`this host is left out: ${error.message}`);
    return null;
  }
}
