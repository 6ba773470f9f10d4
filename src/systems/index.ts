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
export {
  type BitcoinReason,
  type BitcoinRequirements,
  type BitcoinVerdict,
  HEADER_DIGITS as BITCOIN_HEADER_DIGITS,
  verifyBitcoin,
} from "./bitcoin/header.ts";
export { BITCOIN_NETWORKS, type BitcoinNetwork } from "./bitcoin/target.ts";
export { MAX_NOSTR_EVENT, type NostrEvent, type NostrNote } from "./nostr/event.ts";
export { type MintedNostr, mintNostr, type NostrMintOptions } from "./nostr/mint.ts";
export { answerPolicy as answerNostrPolicy, type PolicyAnswer } from "./nostr/policy.ts";
export { loadNostrSignatureCheck, type SignatureCheck } from "./nostr/signature.ts";
export {
  type NostrReason,
  type NostrRequirements,
  type NostrVerdict,
  verifyNostr,
} from "./nostr/verify.ts";
export { MAX_PROOF_BITS, type ProofSearch, type ProofSearchOptions } from "./search.ts";
