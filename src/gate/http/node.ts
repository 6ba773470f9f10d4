import type { Gate } from "../types.ts";
import { DEFAULT_MAX_BODY, readBody } from "./body.ts";
import { type GuardOptions, guardRequests } from "./guard.ts";
import { HttpProblem, type HttpRequest, type HttpResponse, problemResponse } from "./message.ts";
import type { NodeRequest, NodeResponse } from "./node-types.ts";
import type { GateHandler } from "./routes.ts";

export interface NodeOptions {
  /** Most bytes of a body; 262,144 by default. */
  readonly maxBody?: number | undefined;
  /** Told of what was answered with 500; a warning of the process by default. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A gate's endpoints as a listener for node:http. */
export function nodeListener(
  handler: GateHandler,
  options: NodeOptions = {},
): (request: NodeRequest, response: NodeResponse) => void {
  const { maxBody = DEFAULT_MAX_BODY } = options;
  return (request, response) => {
    const answer = async () => handler(toRequest(request, await readBody(request, maxBody)));
    answerWith(answer, response, options);
  };
}

/**
 * A listener for node:http before yours: it passes on requests that are paid for, with their body,
 * and answers the others. The message that the stamps pay for is the body.
 */
export function nodeGuard<Request extends NodeRequest, Response extends NodeResponse>(
  gate: Gate,
  options: GuardOptions<Request> & NodeOptions,
  listener: (request: Request, response: Response, body: Uint8Array) => void,
): (request: Request, response: Response) => void {
  const guard = guardRequests(gate, options);
  const { maxBody = DEFAULT_MAX_BODY } = options;
  return (request, response) => {
    const answer = async () => {
      const body = await readBody(request, maxBody);
      const admission = await guard(request, request.headersDistinct, body);
      if (!admission.admitted) return admission.response;
      for (const [name, value] of Object.entries(admission.headers)) {
        response.setHeader(name, value);
      }
      listener(request, response, body);
      return null;
    };
    answerWith(answer, response, options);
  };
}

/** The plain form of a request. */
export function toRequest(request: NodeRequest, body: Uint8Array): HttpRequest {
  return new PlainRequest(request, body);
}

class PlainRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly #request: NodeRequest;

  constructor(request: NodeRequest, body: Uint8Array) {
    this.method = request.method ?? "";
    this.target = request.url ?? "";
    this.body = body;
    this.#request = request;
  }

  /** Sorted out only if somebody looks at them. */
  get headers(): HttpRequest["headers"] {
    return this.#request.headersDistinct;
  }
}

/** Writes an answer, with headers of the server's own; of a HEAD request Node leaves out the body. */
export function sendResponse(
  response: NodeResponse,
  { status, headers, body }: HttpResponse,
  more: Readonly<Record<string, string>> = {},
): void {
  // Names and values in one list, which Node writes out faster than headers that were set one by one.
  const all: string[] = [];
  for (const name in headers) all.push(name, headers[name] ?? "");
  for (const name in more) all.push(name, more[name] ?? "");
  if (body !== "") all.push("content-length", String(Buffer.byteLength(body)));
  response.writeHead(status, all);
  response.end(body);
}

/** The answer to whatever went wrong. */
export function toProblemResponse(error: unknown): HttpResponse {
  if (error instanceof HttpProblem) return problemResponse(error, "none");
  return problemResponse(new HttpProblem(500, "internal", "the server failed"), "none");
}

function answerWith(
  answer: () => Promise<HttpResponse | null>,
  response: NodeResponse,
  { onError = warn }: NodeOptions,
): void {
  answer()
    .catch((error) => {
      if (!(error instanceof HttpProblem)) onError(error);
      // A listener of yours may have begun to answer; nothing fits behind that.
      if (response.headersSent) throw error;
      return toProblemResponse(error);
    })
    .then((answered) => answered === null || sendResponse(response, answered))
    .catch((error) => response.destroy(error));
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
