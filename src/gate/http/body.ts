import { HttpProblem } from "./message.ts";
import type { NodeRequest } from "./node-types.ts";

/** Bytes of a body that are taken unless said otherwise: 64 stamps of 4096 characters. */
export const DEFAULT_MAX_BODY = 1 << 18;

const EMPTY = new Uint8Array();

/** The answer to a body that is too large. What is left of it is not read. */
export function tooLarge(maxBody: number): HttpProblem {
  const message = `a body has at most ${maxBody} bytes`;
  return new HttpProblem(413, "too-large", message, { connection: "close" });
}

/** Whether a body announces itself as larger. */
export function announcesMore(request: NodeRequest, maxBody: number): boolean {
  return Number(request.headers["content-length"] ?? 0) > maxBody;
}

/**
 * All of a request's body, once.
 *
 * @throws HttpProblem if it is larger, or its sender breaks off
 */
export function readBody(request: NodeRequest, maxBody: number): Promise<Uint8Array> {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) {
    return Promise.resolve(EMPTY);
  }
  return new Promise((resolve, reject) => {
    if (announcesMore(request, maxBody)) return reject(tooLarge(maxBody));
    const chunks: Uint8Array[] = [];
    let size = 0;
    let ended = false;
    const take = (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBody) return;
      request.off("data", take);
      request.pause();
      chunks.length = 0;
      reject(tooLarge(maxBody));
    };
    request.on("data", take);
    request.once("end", () => {
      ended = true;
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    request.once("close", () => {
      if (!ended) reject(brokenOff());
    });
  });
}

function brokenOff(): HttpProblem {
  return new HttpProblem(400, "broken-off", "the body broke off", { connection: "close" });
}
