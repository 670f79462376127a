/** Times, durations, sizes and counts as people read them. */
const UNITS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [86400 * 14, 86400, "day"],
  [86400 * 60, 86400 * 7, "week"],
  [86400 * 730, 86400 * 30.44, "month"],
  [Number.POSITIVE_INFINITY, 86400 * 365.25, "year"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "just now", "5 minutes ago", "yesterday" */
export function ago(time: string | number | Date, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) < 10) return "just now";
  const [, size, unit] = UNITS.find(([limit]) => Math.abs(seconds) < limit)!;
  return relative.format(Math.round(seconds / size), unit);
}

/** "24 November 2026, 01:12:09 UTC" in the reader's zone. */
export const exact = (time: string | number | Date): string =>
  new Date(time).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "long" });

/** "850 ms", "42 s", "4m 36s", "2h 03m" */
export function duration(milliseconds: number): string {
  if (milliseconds < 0) return "0 s";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86400)}d ${Math.floor(seconds / 3600) % 24}h`;
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} bytes`;
  if (n < 1e6) return `${(n / 1e3).toFixed(1)} kB`;
  return `${(n / 1e6).toFixed(1)} MB`;
}

/** counted(1, "task") is "1 task", counted(1200, "task") "1,200 tasks". */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** The eight digits by which people tell digests apart. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 8);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The first sentence of a description, for cards and rows. */
export function sentence(text: string): string {
  const first = /^[\s\S]*?[.!?](?=\s|$)/.exec(text.trim());
  return (first ? first[0] : text.trim()).replace(/\s+/g, " ");
}
