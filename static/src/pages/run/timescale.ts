/** The time axis of a run. */
const STEPS = [
  10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3,
  14400e3, 28800e3, 86400e3,
];
const MOST_TICKS = 7;
/** While it goes on, now stands here, so that there is room to the right. */
const NOW_AT = 0.9;

export interface Scale {
  start: number;
  /** Milliseconds over the whole width. */
  span: number;
  /** Milliseconds since the start. */
  ticks: number[];
  /** Percent of the width; times outside are moved to its ends. */
  at(time: number): number;
}

export function scaleOf(start: number, end: number, goingOn: boolean): Scale {
  const elapsed = Math.max(10, end - start);
  const span = goingOn ? elapsed / NOW_AT : elapsed * 1.02;
  const step = STEPS.find((s) => span / s <= MOST_TICKS) ?? 86400e3 * Math.ceil(span / 86400e3 / MOST_TICKS);
  const ticks: number[] = [];
  for (let t = step; t < span * 0.98; t += step) ticks.push(t);
  return { start, span, ticks, at: (time) => Math.min(100, Math.max(0, ((time - start) / span) * 100)) };
}

/** "200 ms", "15s", "1m", "1m 30s", "2h" */
export function tickWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  return parts
    .filter(([n]) => n > 0)
    .map(([n, unit]) => n + unit)
    .join(" ");
}
