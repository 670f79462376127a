/** Lines of a text that the fragment of an address names: #L12, #L12-L20. */
export interface Lines {
  from: number;
  to: number;
}

export function readLines(hash: string): Lines | null {
  const match = /^#L(\d{1,7})(?:-L?(\d{1,7}))?$/.exec(hash);
  if (!match) return null;
  const one = Number(match[1]);
  const other = Number(match[2] ?? match[1]);
  if (!one || !other) return null;
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

export const writeLines = ({ from, to }: Lines): string => (from === to ? `#L${from}` : `#L${from}-L${to}`);

/** With Shift the choice is stretched from where it began to that line. */
export const chooseLine = (current: Lines | null, line: number, stretch: boolean): Lines =>
  stretch && current
    ? { from: Math.min(current.from, line), to: Math.max(current.from, line) }
    : { from: line, to: line };
