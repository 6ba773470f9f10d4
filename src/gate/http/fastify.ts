import { badInput } from "../../text/errors.ts";
import type { Gate } from "../types.ts";
import { DEFAULT_MAX_BODY, readBody } from "./body.ts";
import { type GuardOptions, guardRequests } from "./guard.ts";
import { HttpProblem, type HttpResponse, problemResponse } from "./message.ts";
import { toRequest } from "./node.ts";
import type { NodeRequest } from "./node-types.ts";
import type { GateHandler } from "./routes.ts";

// What is used of Fastify, and no import of its types: whoever does not use it has them not.

interface FastifyReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly body: unknown;
}

interface FastifyInstance {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parse: (request: FastifyRequest, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(
    path: string,
    answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): unknown;
}

export interface FastifyOptions {
  /** Most bytes of a body; 262,144 by default. */
  readonly maxBody?: number | undefined;
}

/**
 * A gate's endpoints as a plugin of Fastify: `app.register(fastifyGate(handler), { prefix })`, with
 * the handler's own prefix.
 */
export function fastifyGate(
  handler: GateHandler,
  { maxBody = DEFAULT_MAX_BODY }: FastifyOptions = {},
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    // Bodies are read here, whatever their type is.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_, _payload, done) => done(null));
    app.all("/*", async ({ raw }, reply) => {
      try {
        return send(reply, await handler(toRequest(raw, await readBody(raw, maxBody))));
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error;
        return send(reply, problemResponse(error, "none"));
      }
    });
  };
}

export interface FastifyGuardOptions<Request> extends GuardOptions<Request> {
  /** The message that the stamps pay for, since Fastify has parsed the body. */
  readonly message: (request: Request) => string | Uint8Array;
}

/** A `preHandler` of Fastify that passes on requests that are paid for, and answers the others. */
export function fastifyGuard<Request extends FastifyRequest>(
  gate: Gate,
  options: FastifyGuardOptions<Request>,
): (request: Request, reply: FastifyReply) => Promise<unknown> {
  const { message } = options;
  const guard = guardRequests(gate, options);
  if (typeof message !== "function") {
    throw badInput("message", "message must be a function of the request");
  }
  return async (request, reply) => {
    const text = message(request);
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    const admission = await guard(request, request.raw.headersDistinct, bytes);
    if (!admission.admitted) return send(reply, admission.response);
    reply.headers(admission.headers);
    return undefined;
  };
}

function send(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  reply.code(status);
  reply.headers(headers);
  reply.send(body);
  return reply;
}
