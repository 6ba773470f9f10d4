import { hash } from "node:crypto";
import type { Gate } from "../types.ts";
import { createGuard } from "./guard.ts";
import { type AuthRules, type HandlerRules, resourceOf, trustedPoster } from "./handler-options.ts";
import { badRequest, type HttpRequest, headerValues, onlyHeader } from "./message.ts";
import { readDigest } from "./post-body.ts";
import type { Endpoint } from "./routes.ts";

const DIGEST_HEADER = "x-message-digest";

/**
 * For the sub-requests of a proxy that asks whether it may pass a request on: 204 if its stamps pay
 * for it, and they are spent. Stamps and digest are the client's; who posts and what for must be
 * said by the proxy.
 */
export function authEndpoint(gate: Gate, rules: HandlerRules, auth: AuthRules): Endpoint {
  const guard = createGuard(gate);
  return {
    name: "auth",
    methods: ["GET", "HEAD", "POST"],
    async answer({ headers }) {
      const poster = trustedPoster(headers, rules.posterHeader);
      const resource = resourceOf(auth.resource ?? onlyHeader(headers, auth.resourceHeader), rules);
      const digest = digestOf(headers, auth);
      const admission = await guard({ headers, resource, poster, digest });
      if (admission.admitted) {
        const outcome = { ...admission.outcome, endpoint: "auth" };
        return { status: 204, headers: admission.headers, body: "", outcome };
      }
      const { response } = admission;
      const status = response.status === 402 ? auth.status : response.status;
      return { ...response, status, outcome: { ...response.outcome, endpoint: "auth" } };
    },
  };
}

/**
 * The digest that the client names, or else that of the request itself: SHA-256 over its method, a
 * space and its URI, as the proxy has them.
 */
function digestOf(headers: HttpRequest["headers"], auth: AuthRules): string {
  const named = headerValues(headers, DIGEST_HEADER);
  // A mistake of the client's gets the status that the proxy passes on to it.
  if (named.length > 0) return readDigest(named.join(", "), DIGEST_HEADER, auth.status);
  const method = onlyHeader(headers, auth.methodHeader);
  const [uri, ...more] = headerValues(headers, auth.uriHeader);
  if (method === null || uri === undefined || more.length > 0) {
    throw badRequest(`give ${DIGEST_HEADER}, or ${auth.methodHeader} and ${auth.uriHeader}`);
  }
  return hash("sha256", Buffer.from(`${method} ${uri}`, "latin1"), "hex");
}
