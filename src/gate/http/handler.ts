import type { Gate } from "../types.ts";
import { authEndpoint } from "./auth.ts";
import {
  type GateHandlerOptions,
  type HandlerRules,
  posterOf,
  readHandlerRules,
  resourceOf,
} from "./handler-options.ts";
import { badRequest, jsonResponse, readQuery } from "./message.ts";
import { readDigest, readPost } from "./post-body.ts";
import { type Endpoint, type GateHandler, routed } from "./routes.ts";
import { asking, verdictResponse } from "./verdict.ts";

/**
 * The endpoints of a gate, for whichever server: `GET /price`, `POST /posts` and, with the option
 * `auth`, `/auth` for the sub-requests of a proxy.
 *
 * @throws StampmillError `bad-input` if an option is wrong
 */
export function createGateHandler(gate: Gate, options: GateHandlerOptions = {}): GateHandler {
  return routed(gateEndpoints(gate, options), options.prefix);
}

/** The same, for a server that has other endpoints, too. */
export function gateEndpoints(gate: Gate, options: GateHandlerOptions = {}): readonly Endpoint[] {
  const rules = readHandlerRules(options);
  const endpoints = [priceEndpoint(gate, rules), postsEndpoint(gate, rules)];
  if (rules.auth !== null) endpoints.push(authEndpoint(gate, rules, rules.auth));
  return endpoints;
}

function priceEndpoint(gate: Gate, rules: HandlerRules): Endpoint {
  return {
    name: "price",
    methods: ["GET", "HEAD"],
    async answer(request, query) {
      const given = readQuery(query, ["resource", "poster", "digest", "weight"]);
      const resource = resourceOf(given.resource, rules);
      const poster = posterOf(request, given.poster, rules);
      const digest = given.digest === undefined ? undefined : readDigest(given.digest, "digest");
      const weight = given.weight === undefined ? undefined : readWeight(given.weight);
      const quote = await asking(() => gate.quote({ resource, poster, digest, weight }));
      return jsonResponse(200, quote, { endpoint: "price", reason: null });
    },
  };
}

function readWeight(text: string): number {
  if (/^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  throw badRequest("weight must be a number");
}

function postsEndpoint(gate: Gate, rules: HandlerRules): Endpoint {
  return {
    name: "posts",
    methods: ["POST"],
    async answer(request, query) {
      readQuery(query, []);
      const { stamps, digest, message, weight, ...given } = readPost(request);
      if (message === null && rules.requireMessage) throw badRequest("message is missing");
      const resource = resourceOf(given.resource, rules);
      const poster = posterOf(request, given.poster, rules);
      const post = { stamps, resource, poster, digest, weight };
      const verdict = await asking(() => gate.post(post));
      if (verdict.accepted) await rules.onPost?.({ ...post, message });
      return verdictResponse(verdict, { endpoint: "posts", stamps: post.stamps.length });
    },
  };
}
