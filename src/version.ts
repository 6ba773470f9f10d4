import { createRequire } from "node:module";

/** The version in package.json, found by the package's own name from src/ and dist/ alike. */
export function packageVersion(): string {
  return createRequire(import.meta.url)("stampmill/package.json").version;
}
