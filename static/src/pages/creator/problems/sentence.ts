/** A problem's message as a sentence, with the task and what is quoted marked. */
import { pointerPath } from "../../../model/document.ts";
import type { Problem } from "./problem.ts";

export interface Piece {
  look: "plain" | "task" | "code";
  text: string;
}

export function sentenceOf({ message, task, hint }: Problem): Piece[] {
  const starts = task !== null && (message === task || message.startsWith(`${task} `));
  const rest = starts ? message.slice(task.length) : message;
  const pieces: Piece[] = [];
  if (task !== null)
    pieces.push({ look: "task", text: task }, ...(starts ? [] : [{ look: "plain", text: ": " } as Piece]));
  const ended = /[.!?]$/.test(rest) ? rest : `${rest}.`;
  for (const [i, text] of (task === null ? capital(ended) : ended).split('"').entries())
    if (text) pieces.push({ look: i % 2 ? "code" : "plain", text });
  if (hint) pieces.push({ look: "plain", text: ` ${capital(/[.!?]$/.test(hint) ? hint : `${hint}.`)}` });
  return pieces;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The input of the pipeline itself that a problem is about: its place in the list. */
export function inputIndex(pointer: string): number | null {
  const [first, index] = pointerPath(pointer);
  return first === "inputs" && index !== undefined && /^\d+$/.test(index) ? Number(index) : null;
}
