// The door stampmill/identity: names with work behind them.

export { beaconTime } from "./beacon.ts";
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
} from "./format.ts";
export { canonicalId, idOfKeyFile } from "./id.ts";
export {
  audienceOf,
  type ChallengeOptions,
  checkChallenge,
  createChallenge,
  MAX_CHALLENGE_LENGTH,
  MIN_CHALLENGE_LENGTH,
} from "./ownership/challenge.ts";
export {
  type CheckProofOptions,
  checkProof,
  DEFAULT_PROOF_AGE,
  type ProofReason,
  type ProofVerdict,
} from "./ownership/check.ts";
export { PROOF_METHODS, type ProofMethod } from "./ownership/keys.ts";
export {
  ed25519Signer,
  type ProofSigner,
  type ProveOptions,
  proveIdentity,
  signerForKey,
  sshSigner,
} from "./ownership/prove.ts";
export { explainScore, type ScoreExplanation } from "./reputation/explain.ts";
export {
  DEFAULT_POWER,
  DEFAULT_UNIT,
  type Policy,
  type PolicyFields,
  parsePolicy,
  readPolicy,
} from "./reputation/policy.ts";
export {
  creditFor,
  MAX_SCORED_HASHES,
  type NothingReason,
  type Score,
  type ScoredPart,
  type ScoreOptions,
  scoreIdentities,
} from "./reputation/score.ts";
export {
  type ClaimedHash,
  checkSketch,
  type SketchCheck,
  type SketchFault,
} from "./sketch/check.ts";
export { DEFAULT_CONFIDENCE, estimateWork, lowerBound } from "./sketch/estimate.ts";
export { type GrowOptions, type Growth, growSketch } from "./sketch/grow.ts";
export { digestOf, messageOf } from "./sketch/message.ts";
export {
  emptySketch,
  isFull,
  mergeSketches,
  type Sketch,
  type SketchHash,
} from "./sketch/sketch.ts";
export {
  DEFAULT_SKETCH_SIZE,
  MAX_SKETCH_SIZE,
  MIN_SKETCH_SIZE,
  type SketchDomain,
  type SketchSubject,
  type SubjectField,
  sketchSubject,
} from "./sketch/subject.ts";
export {
  type IdentityReason,
  type IdentityRules,
  type IdentityVerdict,
  verifyIdentity,
} from "./verdict.ts";
