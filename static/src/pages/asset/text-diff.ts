/** The lines by which two texts differ, as rows: side by side or under each other, folded where nothing changed. */
import type { DiffLine } from "../../features/code/diff.ts";

export interface DiffRow {
  look: "same" | "del" | "add" | "change";
  left: { n: number; text: string } | null;
  right: { n: number; text: string } | null;
}

export type DiffPart = { kind: "rows"; rows: DiffRow[] } | { kind: "fold"; rows: DiffRow[] };

/** What was put in stands beside what was taken out, as long as there is something of both. */
export function sideBySide(lines: DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  /** The first row since the last shared line. */
  let open = 0;
  for (const { kind, text, left, right } of lines) {
    if (kind === "same") {
      rows.push({ look: "same", left: { n: left!, text }, right: { n: right!, text } });
      open = rows.length;
      continue;
    }
    const [side, other, line] =
      kind === "removed"
        ? (["left", "right", { n: left!, text }] as const)
        : (["right", "left", { n: right!, text }] as const);
    const free = rows.findIndex((row, i) => i >= open && row[side] === null);
    if (free < 0) rows.push({ look: side === "left" ? "del" : "add", left: null, right: null, [side]: line });
    else rows[free] = { ...rows[free]!, look: "change", [side]: line, [other]: rows[free]![other] };
  }
  return rows;
}

const AROUND = 3;
const WORTH_FOLDING = 4;

/** Shared lines away from any change are folded. */
export function folded(rows: DiffRow[]): DiffPart[] {
  const near = rows.map(() => false);
  rows.forEach((row, i) => {
    if (row.look === "same") return;
    for (let j = Math.max(0, i - AROUND); j <= Math.min(rows.length - 1, i + AROUND); j++) near[j] = true;
  });
  const parts: DiffPart[] = [];
  let at = 0;
  while (at < rows.length) {
    let end = at;
    while (end < rows.length && near[end] === near[at]) end++;
    const slice = rows.slice(at, end);
    parts.push({ kind: near[at] || slice.length < WORTH_FOLDING ? "rows" : "fold", rows: slice });
    at = end;
  }
  return parts;
}

/** The same rows under each other: what was taken out before what was put in. */
export function unified(rows: DiffRow[]): DiffRow[] {
  const result: DiffRow[] = [];
  let added: DiffRow[] = [];
  for (const row of rows) {
    if (row.look === "same") {
      result.push(...added, row);
      added = [];
      continue;
    }
    if (row.left) result.push({ look: "del", left: row.left, right: null });
    if (row.right) added.push({ look: "add", left: null, right: row.right });
  }
  return [...result, ...added];
}
