// What bench/serve.ts uses of autocannon, which comes without types.
declare module "autocannon" {
  interface Request {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: string;
    setupRequest?: (request: Request) => Request;
    onResponse?: (status: number, body: string) => void;
  }
  interface Client {
    setRequests(requests: Request[]): void;
    on(
      event: "response",
      listener: (status: number, bytes: number, milliseconds: number) => void,
    ): void;
  }
  interface Options {
    url: string;
    connections: number;
    /** Requests in all. */
    amount: number;
    setupClient: (client: Client) => void;
  }
  interface Result {
    /** Seconds. */
    duration: number;
    errors: number;
    timeouts: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
