/** The lines by which two texts differ, by Myers' algorithm: the fewest lines taken out and put in. */
export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  /** counting from 1; null where the line is not in that text */
  left: number | null;
  right: number | null;
}

/** Beyond so many differing lines everything between is shown as taken out and put in: time grows with their square. */
const MOST_EDITS = 2000;

export function diffLines(left: string, right: string): DiffLine[] {
  const a = split(left);
  const b = split(right);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const result: DiffLine[] = [];
  for (let i = 0; i < start; i++) result.push({ kind: "same", text: a[i]!, left: i + 1, right: i + 1 });
  result.push(...edits(a.slice(start, a.length - end), b.slice(start, b.length - end), start));
  for (let i = end; i > 0; i--) {
    const [x, y] = [a.length - i, b.length - i];
    result.push({ kind: "same", text: a[x]!, left: x + 1, right: y + 1 });
  }
  return result;
}

const split = (text: string): string[] => {
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
};

function edits(a: string[], b: string[], offset: number): DiffLine[] {
  const trace = a.length && b.length ? search(a, b) : null;
  return trace ? walkBack(trace, a, b, offset) : replaced(a, b, offset);
}

function replaced(a: string[], b: string[], offset: number): DiffLine[] {
  return [
    ...a.map((text, i): DiffLine => ({ kind: "removed", text, left: offset + i + 1, right: null })),
    ...b.map((text, i): DiffLine => ({ kind: "added", text, left: null, right: offset + i + 1 })),
  ];
}

/** How far each diagonal came before each number of edits; null when there are too many. */
function search(a: string[], b: string[]): Map<number, number>[] | null {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_EDITS); d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
      let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

function walkBack(trace: Map<number, number>[], a: string[], b: string[], offset: number): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  const same = () => {
    x--;
    y--;
    lines.push({ kind: "same", text: a[x]!, left: offset + x + 1, right: offset + y + 1 });
  };
  for (let d = trace.length - 1; d > 0; d--) {
    const furthest = trace[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
    const before = down ? k + 1 : k - 1;
    const fromX = furthest.get(before)!;
    while (x > fromX && y > fromX - before) same();
    if (down) lines.push({ kind: "added", text: b[--y]!, left: null, right: offset + y + 1 });
    else lines.push({ kind: "removed", text: a[--x]!, left: offset + x + 1, right: null });
  }
  while (x > 0 && y > 0) same();
  return lines.reverse();
}

export type DiffPart = { kind: "lines"; lines: DiffLine[] } | { kind: "gap"; lines: DiffLine[] };

/** Only what differs, with `around` lines before and behind; the rest as gaps. */
export function withContext(lines: readonly DiffLine[], around = 3): DiffPart[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, i) => {
    if (line.kind !== "same") near.fill(true, Math.max(0, i - around), Math.min(lines.length, i + around + 1));
  });
  const parts: DiffPart[] = [];
  lines.forEach((line, i) => {
    const kind = near[i] ? "lines" : "gap";
    const last = parts[parts.length - 1];
    if (last?.kind === kind) last.lines.push(line);
    else parts.push({ kind, lines: [line] });
  });
  return parts;
}
