// The door stampmill/systems: proofs of other systems. Each folder here knows one of them, and nothing
// of the others.
export {
  type AppleMintOptions,
  type AppleProof,
  type AppleReason,
  type AppleRequirements,
  type AppleVerdict,
  MAX_APPLE_CHALLENGE,
  MAX_APPLE_PROOF,
  mintApple,
  verifyApple,
} from "./apple/hashcash.ts";
export { MAX_PROOF_BITS, type ProofSearch, type ProofSearchOptions } from "./search.ts";
