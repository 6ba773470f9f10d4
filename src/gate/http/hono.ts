import type { Gate } from "../types.ts";
import { DEFAULT_MAX_BODY, tooLarge } from "./body.ts";
import { type GuardOptions, guardRequests } from "./guard.ts";
import { HttpProblem, type HttpResponse, problemResponse } from "./message.ts";
import type { GateHandler } from "./routes.ts";

// What is used of Hono, and no import of its types: whoever does not use it has them not.

interface HonoContext {
  readonly req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
  header(name: string, value: string): void;
}

export interface HonoOptions {
  /** Most bytes of a body; 262,144 by default. */
  readonly maxBody?: number | undefined;
}

/** A gate's endpoints as a handler of Hono: `app.all("/gate/*", honoGate(handler))`. */
export function honoGate(
  handler: GateHandler,
  { maxBody = DEFAULT_MAX_BODY }: HonoOptions = {},
): (context: HonoContext) => Promise<Response> {
  return async ({ req: { raw } }) => {
    const { pathname, search } = new URL(raw.url);
    try {
      const body = await readStream(raw, maxBody);
      const headers = Object.fromEntries(raw.headers);
      const request = { method: raw.method, target: `${pathname}${search}`, headers, body };
      return toResponse(await handler(request));
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return toResponse(problemResponse(error, "none"));
    }
  };
}

/**
 * A middleware of Hono that passes on requests that are paid for, and answers the others. The
 * message that the stamps pay for is the body; Hono's `bodyLimit`, put before it, bounds that.
 */
export function honoGuard<Context extends HonoContext>(
  gate: Gate,
  options: GuardOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const guard = guardRequests(gate, options);
  return async (context, next) => {
    // Hono remembers it for whoever asks for the body later.
    const body = new Uint8Array(await context.req.arrayBuffer());
    const admission = await guard(context, Object.fromEntries(context.req.raw.headers), body);
    if (!admission.admitted) return toResponse(admission.response);
    for (const [name, value] of Object.entries(admission.headers)) context.header(name, value);
    await next();
    return undefined;
  };
}

async function readStream({ body }: Request, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBody) throw tooLarge(maxBody);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(status === 204 ? null : body, { status, headers });
}
