import type { Algorithm } from "../../engine/algorithms.ts";
import { regexMatcher } from "../../stamp/match.ts";
import { percentEncode } from "../../stamp/resource.ts";
import type { VerifyOptions } from "../../stamp/rules.ts";
import { badInput, StampmillError } from "../../text/errors.ts";

/** What verdicts are printed as. */
export const FORMATS = ["text", "json", "github", "junit", "sarif"] as const;

/** The options of `stampmill verify`, as they were given. */
export interface Options {
  bits: number;
  resource?: string[];
  anyResource?: true;
  encode?: true;
  match: "exact" | "wildcard" | "regex";
  expires?: number;
  grace?: number;
  now?: number;
  algorithm?: Algorithm;
  allowV0?: true;
  mail?: true;
  scan?: true;
  git?: string;
  slug?: string;
  exempt?: string;
  exemptAt?: string;
  any?: true;
  work?: number;
  store?: string;
  /** False for --no-spend. */
  spend: boolean;
  format?: (typeof FORMATS)[number];
  json?: true;
}

/** What verdicts are printed as: --json is short for --format json. */
export function formatOf({ format, json }: Options): (typeof FORMATS)[number] {
  if (!json) return format ?? "text";
  if (format === undefined || format === "json") return "json";
  throw badInput("--format", `--json does not go with --format ${format}`);
}

/** What the options ask of a stamp. */
export async function requirementsFor(options: Options): Promise<VerifyOptions> {
  const { resource, anyResource, match, encode } = options;
  const common = commonRequirements(options);
  if (resource !== undefined && anyResource) {
    throw new StampmillError("bad-input", "give --resource or --any-resource, not both");
  }
  if (anyResource) return { ...common, anyResource };
  if (resource === undefined) {
    throw new StampmillError("bad-input", "--resource is missing: what must the stamp pay for?", {
      parameter: "--resource",
      hint: "--any-resource accepts stamps for whatever they say",
    });
  }
  if (match === "regex") {
    if (encode) throw new StampmillError("bad-input", "--encode does not go with --match regex");
    return { ...common, resources: await Promise.all(resource.map(regexMatcher)) };
  }
  const resources = encode ? resource.map(percentEncode) : resource;
  return { ...common, resources, match };
}

/** What the options ask of a stamp besides its resource. */
export function commonRequirements(options: Options) {
  const { bits, expires, grace, now, algorithm, allowV0 } = options;
  return { bits, expires, grace, now, algorithm, allowV0 };
}

/** Checks that --no-spend has somewhere to look. */
export function checkStore({ store, spend }: Options): void {
  if (store !== undefined || spend) return;
  throw new StampmillError("bad-input", "--no-spend needs a --store to look into");
}
