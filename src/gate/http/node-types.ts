// What is used of node:http's requests and responses, and no import of their types: those come with a
// package of their own, which not every user of the library has.

export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headersDistinct: Readonly<Record<string, readonly string[] | undefined>>;
  on(event: "data", take: (chunk: Uint8Array) => void): unknown;
  off(event: "data", take: (chunk: Uint8Array) => void): unknown;
  once(event: "end" | "close", then: () => void): unknown;
  pause(): unknown;
}

export interface NodeResponse {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, namesAndValues: string[]): unknown;
  end(body: string): unknown;
  destroy(error: Error): unknown;
}
