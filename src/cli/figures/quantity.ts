// How figures are written for people, everywhere: three digits and a decimal prefix, times in the
// unit that fits, money with the cents that matter.

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"];

/**
 * Three digits and a decimal prefix, which stands next to a unit: `245 M` + `H/s`. Under 1 it is
 * rounded to a whole number; from 10^33 on it is 1.16e77.
 */
export function withPrefix(value: number): string {
  // Rounded first: 999,600 is 1.00 M, not 1000 k.
  const rounded = value < 1 ? Math.round(value) : Number(value.toPrecision(3));
  const step = rounded < 1000 ? 0 : Math.floor(Math.log10(rounded) / 3);
  if (!(step < PREFIXES.length)) return `${value.toExponential(2).replace("+", "")} `;
  const scaled = rounded / 1000 ** step;
  const decimals = step === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(decimals)} ${PREFIXES[step]}`;
}

/** A number that stands alone: `1.23 G`, `245`, and two digits of what is less than 10: `0.031`. */
export function formatCount(value: number): string {
  if (value < 0) return `-${formatCount(-value)}`;
  if (value < 10 && !Number.isInteger(value)) return twoDigits(value);
  return withPrefix(value).trimEnd();
}

/** Two digits, in plain decimals down to a millionth. */
function twoDigits(value: number): string {
  if (value === 0) return "0";
  if (value < 1e-6) return value.toExponential(1);
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(value)));
  // What rounds up to the next power of ten has a digit less after the point: 9.96 is 10.
  const text = value.toFixed(decimals);
  return Number(text) >= 10 ** (2 - decimals) ? value.toFixed(Math.max(0, decimals - 1)) : text;
}

type Unit = readonly [size: number, name: string];

/** In the largest unit of which there is at least `least`. */
function inUnit(value: number, units: readonly Unit[], [smallest, name]: Unit): string {
  const [size, unit] = units.find(([u]) => value >= u) ?? [smallest, name];
  return `${twoDigitsOrWhole(value / size)} ${unit}`;
}

function twoDigitsOrWhole(value: number): string {
  return value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
}

const YEAR = 365.25 * 86_400;

/** From two of a unit on it is used; seconds and their parts from one on, as they are rounded. */
const TIMES: readonly [from: number, size: number, name: string][] = [
  [2 * YEAR, YEAR, "years"],
  [2 * 86_400, 86_400, "days"],
  [2 * 3600, 3600, "h"],
  [2 * 60, 60, "min"],
  [0.9995, 1, "s"],
  [0.9995e-3, 1e-3, "ms"],
  [0.9995e-6, 1e-6, "µs"],
];

/** Seconds in the unit that fits, from nanoseconds to years: `2.1 ms`, `119 s`, `2.0 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (!(seconds < 10_000 * YEAR)) return `${formatCount(seconds / YEAR)} years`;
  const [, size, name] = TIMES.find(([from]) => seconds >= from) ?? [0, 1e-9, "ns"];
  return `${twoDigitsOrWhole(seconds / size)} ${name}`;
}

/** Money, with two decimals or, under 10 cents, two digits: `$12.40`, `$0.0031`, `$1.23 M`. */
export function formatMoney(amount: number, sign = "$"): string {
  if (amount < 0) return `-${formatMoney(-amount, sign)}`;
  if (amount === 0) return `${sign}0`;
  if (amount < 0.1) return `${sign}${twoDigits(amount)}`;
  return `${sign}${amount < 10_000 ? amount.toFixed(2) : withPrefix(amount).trimEnd()}`;
}

const KILOWATT_HOUR = 3.6e6;
const ENERGIES: readonly Unit[] = [
  [KILOWATT_HOUR, "kWh"],
  [1000, "kJ"],
  [1, "J"],
  [1e-3, "mJ"],
  [1e-6, "µJ"],
];

/** Joules in the unit that fits, kilowatt-hours from one of them on: `3.2 mJ`, `12 kWh`. */
export function formatEnergy(joules: number): string {
  if (joules === 0) return "0 J";
  const hours = joules / KILOWATT_HOUR;
  if (hours >= 1000) return `${withPrefix(1000 * hours)}Wh`;
  return inUnit(joules, ENERGIES, [1e-9, "nJ"]);
}

const SIZES: readonly Unit[] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

/** Bytes in binary units: `32 KiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  return inUnit(bytes, SIZES, [1, "B"]).replace(/\.0 /, " ");
}

/** A share in percent, with a decimal under ten: `92 %`, `1.3 %`. */
export function formatPercent(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return "0 %";
  return `${Math.abs(percent) >= 9.95 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

/** A value with its unit as axes have it: `s` is a time, `%` a share of 1, `$` money. */
export function formatQuantity(value: number, unit = ""): string {
  if (unit === "s") return formatSeconds(value);
  if (unit === "%") return formatPercent(value);
  if (unit === "$") return formatMoney(value);
  const count = formatCount(value);
  if (unit === "") return count;
  // A prefix stands next to a symbol, such as MH/s, and apart from a word.
  return /[kA-Z]$/.test(count) && /^[A-Z]/.test(unit) ? count + unit : `${count} ${unit}`;
}
