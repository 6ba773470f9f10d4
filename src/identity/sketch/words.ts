/** `40.12`: bits of work cut off, not rounded, so that nothing is said to be more than it is. */
export function bitsInWords(bits: number): string {
  return (Math.floor(100 * bits) / 100).toFixed(2);
}

/** `99.9 %`. */
export function confidenceInWords(confidence: number): string {
  return `${Number((100 * confidence).toPrecision(8))} %`;
}
