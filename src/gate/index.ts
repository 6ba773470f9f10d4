// The door stampmill/gate: posts that pay, what they cost, and how that is served.

export { hashesFor, MAX_PRICE, priceFor, type StampPlan } from "../price/payment.ts";
export {
  debtAt,
  priceAt,
  STEPS,
  type Step,
  type Tariff,
  takeStep,
} from "../price/price.ts";
export {
  advanceFor,
  type CheckedTerms,
  DEFAULT_TERMS,
  MAX_INTERVALS,
  type PriceTerms,
  readTerms,
  tariffFor,
} from "../price/terms.ts";
export { createGate } from "./gate.ts";
export {
  type FastifyGuardOptions,
  type FastifyOptions,
  fastifyGate,
  fastifyGuard,
} from "./http/fastify.ts";
export {
  type Admission,
  createGuard,
  type Guard,
  type GuardedRequest,
  type GuardOptions,
} from "./http/guard.ts";
export { createGateHandler } from "./http/handler.ts";
export type {
  AuthOptions,
  GateHandlerOptions,
  PostedMessage,
} from "./http/handler-options.ts";
export { type HonoOptions, honoGate, honoGuard } from "./http/hono.ts";
export type { HttpRequest, HttpResponse, Outcome } from "./http/message.ts";
export { type NodeOptions, nodeGuard, nodeListener } from "./http/node.ts";
export type { GateHandler } from "./http/routes.ts";
export { MAX_NAME_LENGTH } from "./name.ts";
export { GATE_DEFAULTS } from "./options.ts";
export { type SendOptions, type SendReport, sendPost } from "./post/post.ts";
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
} from "./types.ts";
