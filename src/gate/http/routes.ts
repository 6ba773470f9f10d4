import { HttpProblem, type HttpRequest, type HttpResponse, problemResponse } from "./message.ts";

/**
 * Answers one request. Rejects only for a fault of its own, of the gate's or of `onPost`; answer
 * that with 500.
 */
export type GateHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** What is answered at one path. */
export interface Endpoint {
  readonly name: string;
  readonly methods: readonly string[];
  answer(request: HttpRequest, query: string): Promise<HttpResponse>;
}

/** A handler that finds the endpoint by its name, and answers the problems it throws. */
export function routed(endpoints: readonly Endpoint[], prefix = ""): GateHandler {
  const byPath = new Map(endpoints.map((endpoint) => [`${prefix}/${endpoint.name}`, endpoint]));
  return async (request) => {
    const [path, query] = splitTarget(request.target);
    const endpoint = byPath.get(path);
    try {
      if (endpoint === undefined) throw new HttpProblem(404, "not-found", "there is nothing here");
      if (!endpoint.methods.includes(request.method)) throw wrongMethod(endpoint.methods);
      return await endpoint.answer(request, query);
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return problemResponse(error, endpoint?.name ?? "none");
    }
  };
}

/** Path and query. A target may name the server, too (RFC 9112, section 3.2.2). */
function splitTarget(target: string): [path: string, query: string] {
  const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, "");
  const cut = local.indexOf("?");
  return cut < 0 ? [local, ""] : [local.slice(0, cut), local.slice(cut + 1)];
}

function wrongMethod(methods: readonly string[]): HttpProblem {
  const allow = methods.join(", ");
  return new HttpProblem(405, "wrong-method", `this takes ${allow}`, { allow });
}
