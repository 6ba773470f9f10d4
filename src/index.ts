// The door stampmill: stamps are minted, found, verified and spent. What is a subject of its own has a
// door of its own: index.ts of its room.

export type { Algorithm } from "./engine/algorithms.ts";
export { MAX_MAIL_HEADER, MAX_MAIL_STAMPS, readMailStamps } from "./sources/mail.ts";
export { checkExt, extFor, MAX_EXT_LENGTH } from "./stamp/ext.ts";
export { STAMP_LAYOUTS, type StampLayout } from "./stamp/layout.ts";
export {
  exactMatcher,
  MAX_PATTERN_LENGTH,
  type ResourceMatcher,
  regexMatcher,
  wildcardMatcher,
} from "./stamp/match.ts";
export {
  DEFAULT_BITS,
  MAX_MINT_BITS,
  type MintedStamp,
  type MintOptions,
  mint,
} from "./stamp/mint.ts";
export { checkResource, MAX_RESOURCE_LENGTH, percentEncode } from "./stamp/resource.ts";
export { DEFAULT_EXPIRES, DEFAULT_GRACE, type VerifyOptions } from "./stamp/rules.ts";
export {
  formatStamp,
  MAX_STAMP_LENGTH,
  parseStamp,
  type Stamp,
  type StampFields,
  type StampFieldsV0,
  type StampV0,
  type StampV1,
} from "./stamp/stamp.ts";
export {
  createVerifier,
  type Reason,
  type RejectedVerdict,
  type ValidVerdict,
  type Verdict,
  type Verifier,
  verify,
} from "./stamp/verify.ts";
export {
  bitsForWork,
  hashesOf,
  MAX_SET,
  MAX_WORK,
  reachesWork,
} from "./stamp/work.ts";
export {
  type Charge,
  type ChargeOutcome,
  type ChargeTerms,
  type PosterQuestion,
  posterKey,
  type Store,
} from "./store/charge.ts";
export { spentEntry } from "./store/entry.ts";
export {
  type SetOptions,
  type SetVerdict,
  verifyWork,
  type WorkVerdict,
} from "./store/judge-set.ts";
export { type OpenOptions, openStore } from "./store/open.ts";
export { createSpender, type Spender, type SpendOptions, verifyAndSpend } from "./store/spend.ts";
export type {
  AddReport,
  PurgeOptions,
  SpendOutcome,
  SpendTerms,
  SpentEntry,
  SpentStore,
  StoreMarks,
  StoreStats,
} from "./store/store.ts";
export { exportSpent } from "./store/transfer/dump.ts";
export { type ImportReport, importSpent } from "./store/transfer/import.ts";
export { type DateWidth, formatStampDate } from "./text/date.ts";
export { type ErrorCode, type ErrorDetails, StampmillError } from "./text/errors.ts";
