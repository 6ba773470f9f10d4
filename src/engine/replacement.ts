import type { StampmillError } from "../text/errors.ts";

// Who is told that another engine does the work of the best one.

/** Is told once, when the best engine is not there and another one does its work. */
export type ReplacementNote = (missing: StampmillError) => void;

let tell: ReplacementNote | undefined = ({ message, hint }) => {
  const detail = hint === undefined ? {} : { detail: hint };
  process.emitWarning(`stampmill: ${message}; ${REPLACED}`, {
    code: "STAMPMILL_ENGINE",
    ...detail,
  });
};

/** What a note says behind the reason. */
export const REPLACED = "WebAssembly searches in its place, which is slower";

/** Sets who is told, in place of Node's warnings. */
export function onReplacement(note: ReplacementNote): void {
  tell = note;
}

/** Tells of it, the first time. */
export function noteReplacement(missing: StampmillError): void {
  const note = tell;
  tell = undefined;
  note?.(missing);
}
