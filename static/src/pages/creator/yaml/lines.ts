/** Where a task stands in the text, and which task stands at a line. */
import type { PipelineDocument } from "../../../model/document.ts";

export interface Lines {
  from: number;
  to: number;
}

/** From the line of its name to the last one that is indented more. */
export function linesOf(document: PipelineDocument, lines: readonly string[], id: string): Lines | null {
  const from = document.tasks.get(id)?.line;
  if (from === undefined) return null;
  const depth = indent(lines[from - 1] ?? "");
  let to = from;
  for (let line = from + 1; line <= lines.length; line++) {
    const text = lines[line - 1]!;
    if (text.trim() === "") continue;
    if (indent(text) <= depth) break;
    to = line;
  }
  return { from, to };
}

export function taskAt(document: PipelineDocument, lines: readonly string[], line: number): string | null {
  for (const id of document.tasks.keys()) {
    const place = linesOf(document, lines, id);
    if (place && place.from <= line && line <= place.to) return id;
  }
  return null;
}

const indent = (text: string) => text.length - text.trimStart().length;
