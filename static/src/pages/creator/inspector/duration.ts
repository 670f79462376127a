/** Durations as Go writes them, which is how Tekton takes time limits: 90s, 15m, 1h30m. */
const PART = /^(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)/;

const MOST_HOURS = 2_562_047;
const HOURS: Record<string, number> = { h: 1, m: 1 / 60, s: 1 / 3600 };

/** One sentence why it is none; null for a duration that is not negative. */
export function durationFault(text: string): string | null {
  const wanted = "Write it as 90s, 15m or 1h30m.";
  if (/^[-+]?0$/.test(text)) return null;
  if (text.startsWith("-")) return `A time limit cannot be negative. ${wanted}`;
  let rest = text.replace(/^\+/, "");
  let hours = 0;
  if (rest === "") return wanted;
  while (rest) {
    const part = PART.exec(rest)?.[0];
    if (part === undefined)
      return /^\d+$/.test(rest) && rest === text ? `The unit is missing: ${text}s, ${text}m or ${text}h?` : wanted;
    hours += Number.parseFloat(part) * (HOURS[part.replace(/^[\d.]+/, "")] ?? 0);
    rest = rest.slice(part.length);
  }
  return hours > MOST_HOURS ? "This is longer than any run can be." : null;
}
