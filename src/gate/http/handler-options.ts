import { exactMatcher, type ResourceMatcher } from "../../stamp/match.ts";
import { badInput } from "../../text/errors.ts";
import { badRequest, HttpProblem, type HttpRequest, onlyHeader } from "./message.ts";

/** A post that was accepted, for `onPost`. */
export interface PostedMessage {
  readonly resource: string;
  readonly poster: string;
  readonly digest: string;
  /** Null if only its digest was sent. */
  readonly message: string | null;
  readonly stamps: readonly string[];
  readonly weight: number | undefined;
}

/** What `/auth` goes by. Everything but `X-Hashcash` and `X-Message-Digest` the proxy must set. */
export interface AuthOptions {
  /** The resource that every request pays for ... */
  readonly resource?: string | undefined;
  /** ... or the header in which the proxy says it. One of both is needed. */
  readonly resourceHeader?: string | undefined;
  /** The status of a refusal: 402, or what the proxy can pass on; nginx knows 401 and 403. */
  readonly status?: 401 | 402 | 403 | undefined;
  /** Where the proxy says which request it is about; X-Forwarded-Method by default. */
  readonly methodHeader?: string | undefined;
  /** X-Forwarded-Uri by default. */
  readonly uriHeader?: string | undefined;
}

export interface GateHandlerOptions {
  /** What comes before `/price`, such as `/gate`; nothing by default. */
  readonly prefix?: string | undefined;
  /** The only resources there are; any by default. */
  readonly resources?: readonly (string | ResourceMatcher)[] | undefined;
  /**
   * Who says who posts: the `request`, by default, which is right where only programs you trust
   * can ask; or a `header` that a proxy sets.
   */
  readonly posterFrom?: "request" | "header" | undefined;
  /** The trusted header; X-Stampmill-Poster by default. */
  readonly posterHeader?: string | undefined;
  /** Answers `/auth`; without it there is none. */
  readonly auth?: AuthOptions | undefined;
  /** Refuse posts that bring only the digest of their message. */
  readonly requireMessage?: boolean | undefined;
  /**
   * Called with each post that was accepted, before it is answered. Its stamps are spent then: what
   * this throws is a failure of yours, and the poster has paid.
   */
  readonly onPost?: ((post: PostedMessage) => Promise<void> | void) | undefined;
}

export interface AuthRules {
  readonly resource: string | null;
  readonly resourceHeader: string;
  readonly status: 401 | 402 | 403;
  readonly methodHeader: string;
  readonly uriHeader: string;
}

/** Options that were checked, with every default in place. Header names are in lower case. */
export interface HandlerRules {
  readonly prefix: string;
  readonly isResource: ResourceMatcher;
  readonly posterFrom: "request" | "header";
  readonly posterHeader: string;
  readonly auth: AuthRules | null;
  readonly requireMessage: boolean;
  readonly onPost: GateHandlerOptions["onPost"];
}

export const DEFAULT_POSTER_HEADER = "X-Stampmill-Poster";

/**
 * Checks options once, for every request that follows.
 *
 * @throws StampmillError `bad-input`, its `parameter` the option that is wrong
 */
export function readHandlerRules(options: GateHandlerOptions): HandlerRules {
  const { prefix = "", posterFrom = "request", requireMessage = false, onPost, auth } = options;
  if (!/^(\/[\w.~-]+)*$/.test(prefix)) {
    throw badInput("prefix", "prefix must be a path such as /gate");
  }
  if (posterFrom !== "request" && posterFrom !== "header") {
    throw badInput("posterFrom", "posterFrom must be request or header");
  }
  if (onPost !== undefined && typeof onPost !== "function") {
    throw badInput("onPost", "onPost must be a function");
  }
  return {
    prefix,
    isResource: readResources(options.resources),
    posterFrom,
    posterHeader: readHeader(options.posterHeader ?? DEFAULT_POSTER_HEADER, "posterHeader"),
    auth: auth === undefined ? null : readAuth(auth),
    requireMessage,
    onPost,
  };
}

function readResources(resources: GateHandlerOptions["resources"]): ResourceMatcher {
  if (resources === undefined) return () => true;
  if (!Array.isArray(resources) || resources.length === 0) {
    throw badInput("resources", "resources must be a list of at least one");
  }
  const matchers = resources.map((r) => (typeof r === "function" ? r : exactMatcher([r])));
  return (resource) => matchers.some((matches) => matches(resource) === true);
}

function readAuth(auth: AuthOptions): AuthRules {
  const { resource, resourceHeader, status = 402 } = auth;
  if ((resource === undefined) === (resourceHeader === undefined)) {
    throw badInput("auth.resource", "auth needs a resource or a resourceHeader, and not both");
  }
  if (resource !== undefined && (typeof resource !== "string" || resource === "")) {
    throw badInput("auth.resource", "auth.resource must be a text that is not empty");
  }
  if (![401, 402, 403].includes(status)) {
    throw badInput("auth.status", "auth.status must be 401, 402 or 403");
  }
  return {
    resource: resource ?? null,
    resourceHeader: readHeader(resourceHeader ?? "unused", "auth.resourceHeader"),
    status,
    methodHeader: readHeader(auth.methodHeader ?? "X-Forwarded-Method", "auth.methodHeader"),
    uriHeader: readHeader(auth.uriHeader ?? "X-Forwarded-Uri", "auth.uriHeader"),
  };
}

/** The name of a header, in lower case: a token of RFC 9110, section 5.6.2. */
function readHeader(name: string, parameter: string): string {
  if (typeof name === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) {
    return name.toLowerCase();
  }
  throw badInput(parameter, `${parameter} must be the name of a header`);
}

/**
 * The resource of a request, if there is such a one.
 *
 * @throws HttpProblem
 */
export function resourceOf(given: string | null | undefined, rules: HandlerRules): string {
  if (given === undefined || given === null || given === "") {
    throw badRequest("resource is missing");
  }
  if (rules.isResource(given) === true) return given;
  throw new HttpProblem(404, "unknown-resource", "there is no such resource here");
}

/**
 * Who posts, by the request or by the trusted header.
 *
 * @throws HttpProblem 403 if the header is missing, or the request says something else
 */
export function posterOf(
  request: HttpRequest,
  given: string | null | undefined,
  { posterFrom, posterHeader }: HandlerRules,
): string {
  if (posterFrom === "request") {
    if (given === undefined || given === null || given === "") {
      throw badRequest("poster is missing");
    }
    return given;
  }
  const poster = trustedPoster(request.headers, posterHeader);
  if (given === undefined || given === null || given === poster) return poster;
  throw new HttpProblem(403, "wrong-poster", "the poster is not the one that the proxy names");
}

/**
 * Who posts, as the proxy says.
 *
 * @throws HttpProblem 403 if it does not
 */
export function trustedPoster(headers: HttpRequest["headers"], header: string): string {
  const poster = onlyHeader(headers, header);
  if (poster !== null && poster !== "") return poster;
  throw new HttpProblem(403, "no-poster", `the header ${header} is missing: nobody is known`);
}
