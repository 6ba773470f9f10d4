import { UNNAMED_ALGORITHM } from "../../engine/algorithms.ts";
import { DEFAULT_EXPIRES, DEFAULT_GRACE } from "../../stamp/rules.ts";
import { createVerifier, type Reason, type Verdict, type Verifier } from "../../stamp/verify.ts";
import { spentEntry } from "../../store/entry.ts";
import type { SpentStore } from "../../store/store.ts";
import { MAX_DURATION, parseDuration } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { toPrintable } from "../terminal/output.ts";
import { informationOf, type Terms, tellInformation } from "./information.ts";
import { argumentStamps, inputStamps } from "./inputs.ts";
import type { HashcashIo, Voice } from "./io.ts";
import type { Request, Settings } from "./options.ts";
import { matcherOf } from "./resources.ts";

/** Accepted, but not all was asked for that makes a stamp safe to accept. */
export const PARTLY_CHECKED = 2;

/** What one `-r` asks of a stamp, or what the whole command line does where there is none. */
interface Rule {
  readonly judge: Verifier;
  readonly bits: number;
  readonly terms: Terms;
  /** Whether it counts only for stamps that the rule before it does not name. */
  readonly overridden: boolean;
}

/** What is said of a stamp that is passed over. */
const FAULTS: Record<Reason, string> = {
  malformed: "stamp invalid",
  "unsupported-version": "unsupported version",
  "unsupported-algorithm": "unsupported algorithm",
  "wrong-resource": "stamp with wrong resource",
  "insufficient-bits": "stamp has insufficient bits",
  "missing-work": "stamp has insufficient bits",
  future: "stamp valid in future",
  expired: "stamp expired",
  spent: "spent stamp",
  "insufficient-work": "stamp has insufficient bits",
};

/**
 * Whether a request's options stand where they say what was meant.
 *
 * hashcash(1) takes `-r foo -b 20` for a check of 0 bits, and says that bits were checked.
 *
 * @throws StampmillError `bad-input`
 */
export function checkOrder({ stray, counts, words }: Request): void {
  if (counts.r === 0) return;
  const unpriced = words.find(({ named, settings }) => named && settings.bits === null);
  const late = counts.b > 0 && unpriced !== undefined ? "-b" : stray;
  if (late === null) return;
  throw badInput(late, `${late} must come before the -r that it is meant for`);
}

/**
 * Checks stamps, and with `-d` spends the first that is good; or tells what they say.
 *
 * @param openStore is called once there is a stamp to look for: most mail has none; null if nothing
 *   is to be remembered
 * @returns the exit code
 * @throws StampmillError
 */
export async function runCheck(
  request: Request,
  openStore: () => Promise<SpentStore | null>,
  now: number,
  io: HashcashIo,
  voice: Voice,
): Promise<number> {
  const checker = new Checker(request, await rulesOf(request, now), openStore, io, voice);
  let accepted = false;
  for (const stamp of argumentStamps(request)) {
    if (accepted && !request.informs) break;
    if (await checker.take(stamp)) accepted = true;
  }
  if (!accepted || request.informs) {
    // To the end, see inputs.ts.
    for await (const stamp of inputStamps(request, io, voice)) {
      if (accepted && !request.informs) continue;
      if (await checker.take(stamp)) accepted = true;
    }
  }
  if (request.informs) {
    if (!request.partly) return PARTLY_CHECKED;
    return accepted ? EXIT.done : EXIT.rejected;
  }
  if (accepted) return concludeGood(request, voice);
  voice.tell("rejected: no valid stamps found");
  voice.tell("check: failed");
  return EXIT.rejected;
}

function concludeGood({ check, database, partly, counts }: Request, voice: Voice): number {
  const unsafe = counts.b === 0 || counts.r === 0 || !database;
  if (!unsafe || partly) {
    voice.tell("check: ok");
    return EXIT.done;
  }
  const missing = [
    counts.b === 0 ? ["bits"] : [],
    check ? [] : ["expiry"],
    counts.r === 0 ? ["resource"] : [],
    database ? [] : ["database"],
  ];
  voice.tell(`check: ok but not fully checked as ${missing.flat().join(", ")} not specified`);
  return PARTLY_CHECKED;
}

async function rulesOf(request: Request, now: number): Promise<Rule[]> {
  const named = request.words.filter((word) => word.named);
  if (named.length === 0) return [ruleOf(request, request.settings, now)];
  const rules: Rule[] = [];
  for (const word of named) {
    rules.push({
      ...ruleOf(request, word.settings, now, await matcherOf(word)),
      overridden: word.overridden,
    });
  }
  return rules;
}

function ruleOf(
  request: Request,
  settings: Settings,
  now: number,
  matches?: (resource: string) => boolean,
): Rule {
  const bits = settings.bits ?? 0;
  const expires = settings.expires ?? parseDuration(DEFAULT_EXPIRES, "-e");
  const grace = settings.grace ?? parseDuration(DEFAULT_GRACE, "-g");
  const resources =
    matches === undefined ? { anyResource: true as const } : { resources: [matches] };
  const asked = { bits, now, algorithm: UNNAMED_ALGORITHM, ...resources } as const;
  // Whoever only asks what stamps say, asks of those of any date, and of the old version.
  const judge = asksOnly(request)
    ? createVerifier({ ...asked, expires: MAX_DURATION, grace: MAX_DURATION, allowV0: true })
    : createVerifier({ ...asked, expires: expires === 0 ? MAX_DURATION : expires, grace });
  return { judge, bits, terms: { now, expires, grace }, overridden: false };
}

function asksOnly({ informs, check }: Request): boolean {
  return informs && !check;
}

class Checker {
  readonly #request: Request;
  readonly #rules: readonly Rule[];
  readonly #openStore: () => Promise<SpentStore | null>;
  readonly #io: HashcashIo;
  readonly #voice: Voice;

  constructor(
    request: Request,
    rules: readonly Rule[],
    openStore: () => Promise<SpentStore | null>,
    io: HashcashIo,
    voice: Voice,
  ) {
    this.#request = request;
    this.#rules = rules;
    this.#openStore = openStore;
    this.#io = io;
    this.#voice = voice;
  }

  /** Whether a stamp is accepted, or could at least be told about. */
  async take(stamp: string): Promise<boolean> {
    if (this.#request.verbose) this.#voice.tell(`examining stamp: ${toPrintable(stamp)}`);
    // A rule that names a stamp and refuses it keeps it from those that it overrides.
    let refused = false;
    for (const rule of this.#rules) {
      if (rule.overridden && refused) {
        this.#voice.tell("no match: overridden resource");
        continue;
      }
      const verdict = rule.judge(stamp);
      const reason = await this.#reasonAgainst(verdict, rule);
      if (reason === null) {
        this.#voice.tell(`matched stamp: ${stamp}`);
        const information = informationOf(verdict, rule.terms);
        await tellInformation(information, this.#request, this.#io, this.#voice);
        return true;
      }
      const others = this.#othersMayFit(verdict, reason);
      this.#tellFault(verdict, reason, others);
      if (!others) return false;
      refused = reason !== "wrong-resource";
    }
    return false;
  }

  async #reasonAgainst(verdict: Verdict, { bits }: Rule): Promise<Reason | null> {
    // A stamp that is not worth what it claims is worth nothing, which may be asked about.
    const worthless = verdict.reason === "missing-work" && bits === 0 && asksOnly(this.#request);
    if (!verdict.valid && !worthless) return verdict.reason;
    return (await this.#isFresh(verdict.stamp)) ? null : "spent";
  }

  async #isFresh(stamp: string): Promise<boolean> {
    if (!this.#request.database) return true;
    const store = await this.#openStore();
    if (store === null) return true;
    const entry = spentEntry(stamp);
    if (!this.#spends()) return (await store.look([entry]))[0] === "fresh";
    // As long as any of the rules would accept it.
    const keep = Math.max(
      ...this.#rules.map(({ terms }) => (terms.expires || MAX_DURATION) + terms.grace),
    );
    const { now } = (this.#rules[0] as Rule).terms;
    const [outcomes] = await store.spend([[entry]], { keep, now });
    return outcomes?.[0] === "fresh";
  }

  /** Only stamps that are fully checked are recorded, unless `-y` has others accepted too. */
  #spends(): boolean {
    const { partly, counts, informs, check } = this.#request;
    if (informs) return check && partly;
    return partly || (counts.r > 0 && counts.b > 0);
  }

  /**
   * Whether rules differ in what speaks against the stamp. Where they do not, the first that names its
   * resource decides.
   */
  #othersMayFit({ resource }: Verdict, reason: Reason): boolean {
    const { r, b, e, g } = this.#request.counts;
    if (resource === null || reason === "spent") return false;
    if (reason === "wrong-resource") return r > 1;
    if (reason === "future") return g > 1;
    if (reason === "expired") return e > 1;
    return b > 1;
  }

  #tellFault({ resource }: Verdict, reason: Reason, others: boolean): void {
    const timely = reason !== "future" && reason !== "expired";
    if (!timely && !this.#request.check) return;
    // hashcash(1) knows of no later version than 1.
    const later = reason === "unsupported-version" && resource === null;
    const fault = FAULTS[later ? "malformed" : reason];
    if (!others) this.#voice.tell(`skipped: ${fault}`);
    else this.#voice.tell(`no match: ${reason === "wrong-resource" ? "wrong resource" : fault}`);
  }
}
