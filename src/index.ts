export {
  type Cost,
  type CostOptions,
  costOf,
  DEFAULT_BOTS,
  DEFAULT_YEARS,
  type Tenure,
} from "./difficulty/attackers.ts";
export {
  type Choice,
  chooseSet,
  describeSet,
  type Target,
} from "./difficulty/choice.ts";
export { DEVICES, type Device, ELECTRICITY, type Figure } from "./difficulty/devices.ts";
export type { Pace, StampSet } from "./difficulty/pace.ts";
export {
  type HostOptions,
  type HostPace,
  type HostRate,
  hostPace,
  hostRate,
} from "./difficulty/profile.ts";
export {
  ALGORITHMS,
  type Algorithm,
  DIGEST_BITS,
  leadingZeroBits,
  stampDigest,
} from "./engine/algorithms.ts";
export {
  type KernelInfo,
  kernels,
  measureRoofline,
  type RunningSearch,
  type SearchEnd,
  startSearch,
} from "./engine/engine.ts";
export { limitOf, MAX_THREADS, type SearchJob } from "./engine/job.ts";
export { createGate } from "./gate/gate.ts";
export {
  type FastifyGuardOptions,
  type FastifyOptions,
  fastifyGate,
  fastifyGuard,
} from "./gate/http/fastify.ts";
export {
  type Admission,
  createGuard,
  type Guard,
  type GuardedRequest,
  type GuardOptions,
} from "./gate/http/guard.ts";
export { createGateHandler } from "./gate/http/handler.ts";
export type {
  AuthOptions,
  GateHandlerOptions,
  PostedMessage,
} from "./gate/http/handler-options.ts";
export { type HonoOptions, honoGate, honoGuard } from "./gate/http/hono.ts";
export type { HttpRequest, HttpResponse, Outcome } from "./gate/http/message.ts";
export { type NodeOptions, nodeGuard, nodeListener } from "./gate/http/node.ts";
export type { GateHandler } from "./gate/http/routes.ts";
export { MAX_NAME_LENGTH } from "./gate/name.ts";
export { GATE_DEFAULTS } from "./gate/options.ts";
export { DEFAULT_MAX_BITS, type SendOptions, type SendReport, sendPost } from "./gate/post/post.ts";
export type {
  AcceptedPost,
  Explanation,
  Gate,
  GateOptions,
  GateReason,
  GateVerdict,
  PostRequest,
  Quote,
  QuoteRequest,
  RejectedPost,
  StampReason,
  StampVerdict,
} from "./gate/types.ts";
export { beaconTime } from "./identity/beacon.ts";
export {
  formatIdentity,
  type Identity,
  type IdentityFault,
  type IdentityReading,
  type IdentityTerms,
  identityOf,
  identitySubject,
  MAX_IDENTITY_LENGTH,
  readIdentity,
} from "./identity/format.ts";
export { canonicalId, idOfKeyFile } from "./identity/id.ts";
export {
  audienceOf,
  type ChallengeOptions,
  checkChallenge,
  createChallenge,
  MAX_CHALLENGE_LENGTH,
  MIN_CHALLENGE_LENGTH,
} from "./identity/ownership/challenge.ts";
export {
  type CheckProofOptions,
  checkProof,
  DEFAULT_PROOF_AGE,
  type ProofReason,
  type ProofVerdict,
} from "./identity/ownership/check.ts";
export { PROOF_METHODS, type ProofMethod } from "./identity/ownership/keys.ts";
export {
  ed25519Signer,
  type ProofSigner,
  type ProveOptions,
  proveIdentity,
  signerForKey,
  sshSigner,
} from "./identity/ownership/prove.ts";
export { explainScore, type ScoreExplanation } from "./identity/reputation/explain.ts";
export {
  DEFAULT_POWER,
  DEFAULT_UNIT,
  type Policy,
  type PolicyFields,
  parsePolicy,
  readPolicy,
} from "./identity/reputation/policy.ts";
export {
  creditFor,
  MAX_SCORED_HASHES,
  type NothingReason,
  type Score,
  type ScoredPart,
  type ScoreOptions,
  scoreIdentities,
} from "./identity/reputation/score.ts";
export {
  type ClaimedHash,
  checkSketch,
  type SketchCheck,
  type SketchFault,
} from "./identity/sketch/check.ts";
export { DEFAULT_CONFIDENCE, estimateWork, lowerBound } from "./identity/sketch/estimate.ts";
export { type GrowOptions, type Growth, growSketch } from "./identity/sketch/grow.ts";
export { digestOf, messageOf } from "./identity/sketch/message.ts";
export {
  emptySketch,
  isFull,
  mergeSketches,
  type Sketch,
  type SketchHash,
} from "./identity/sketch/sketch.ts";
export {
  DEFAULT_SKETCH_SIZE,
  MAX_SKETCH_SIZE,
  MIN_SKETCH_SIZE,
  type SketchDomain,
  type SketchSubject,
  type SubjectField,
  sketchSubject,
} from "./identity/sketch/subject.ts";
export {
  type IdentityReason,
  type IdentityRules,
  type IdentityVerdict,
  verifyIdentity,
} from "./identity/verdict.ts";
export { hashesFor, MAX_PRICE, priceFor, type StampPlan } from "./price/payment.ts";
export {
  debtAt,
  priceAt,
  STEPS,
  type Step,
  type Tariff,
  takeStep,
} from "./price/price.ts";
export {
  advanceFor,
  type CheckedTerms,
  DEFAULT_TERMS,
  MAX_INTERVALS,
  type PriceTerms,
  readTerms,
  tariffFor,
} from "./price/terms.ts";
export { MAX_MAIL_HEADER, MAX_MAIL_STAMPS, readMailStamps } from "./sources/mail.ts";
export { erlangCdf, erlangQuantile, erlangTail } from "./stamp/erlang.ts";
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
  DEFAULT_SET_SIZE,
  hashesOf,
  MAX_SET,
  MAX_WORK,
  MOST_CHOSEN_BITS,
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
