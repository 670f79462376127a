/* The draft with its history: immutable, so that a view only has to compare. */
import { changeText, type PipelineDocument, readDocument, reread, type TextChange } from "./document.ts";

export interface HistoryEntry {
  label: string;
  /** one list after the other, each against the text that the one before it leaves */
  steps: readonly (readonly TextChange[])[];
}

export interface EditorState {
  document: PipelineDocument;
  /** the last one that could be edited: what the canvas shows while the text is being typed */
  shown: PipelineDocument;
  /** newest last; an entry's steps take the change back */
  past: readonly HistoryEntry[];
  /** next one last */
  future: readonly HistoryEntry[];
  /** changes with the same key go on with the newest entry of the past; null after undo, redo and `seal` */
  merge: string | null;
  /** grows with each change of the text, by whatever means */
  revision: number;
}

const MAX_ENTRIES = 500;
const MAX_CHARACTERS = 16_000_000;
/** Of one entry, for a gesture that goes on and on. */
const MAX_STEPS = 1000;

export function open(text: string): EditorState {
  const document = readDocument(text);
  return { document, shown: document, past: [], future: [], merge: null, revision: 0 };
}

function inverse(text: string, changes: readonly TextChange[]): TextChange[] {
  let shift = 0;
  return changes.map(({ from, to, insert }) => {
    const start = from + shift;
    shift += insert.length - (to - from);
    return { from: start, to: start + insert.length, insert: text.slice(from, to) };
  });
}

function moved(state: EditorState, steps: HistoryEntry["steps"]): Pick<EditorState, "document" | "shown" | "revision"> {
  const document = reread(state.document, steps.reduce(changeText, state.document.text));
  return { document, shown: document.editable ? document : state.shown, revision: state.revision + 1 };
}

/** No changes give the same state. */
export function change(state: EditorState, label: string, changes: readonly TextChange[], merge?: string): EditorState {
  if (changes.length === 0) return state;
  const step = inverse(state.document.text, changes);
  const newest = state.past[state.past.length - 1];
  const goesOn = newest && merge !== undefined && merge === state.merge && newest.steps.length < MAX_STEPS;
  const past = goesOn
    ? [...state.past.slice(0, -1), { label: newest.label, steps: [step, ...newest.steps] }]
    : [...state.past, { label, steps: [step] }];
  return { ...moved(state, [changes]), past: limited(past), future: [], merge: merge ?? null };
}

function limited(past: HistoryEntry[]): HistoryEntry[] {
  let room = MAX_CHARACTERS;
  let first = past.length;
  while (first > 0 && past.length - first < MAX_ENTRIES) {
    room -= sizeOf(past[first - 1]!);
    if (room < 0) break;
    first--;
  }
  return first ? past.slice(first) : past;
}

function sizeOf(entry: HistoryEntry): number {
  return entry.steps.reduce((sum, step) => sum + step.reduce((inner, { insert }) => inner + insert.length, 0), 0);
}

/** The text as the YAML editor has it now, by the least single change that leads to it. */
export function type(state: EditorState, label: string, text: string, merge?: string): EditorState {
  return change(state, label, difference(state.document.text, text), merge);
}

function difference(before: string, after: string): TextChange[] {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let same = 0;
  while (same < shorter - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return [{ from, to: before.length - same, insert: after.slice(from, after.length - same) }];
}

/** Ends a gesture: the next change is an entry of its own even with the same merge key. */
export function seal(state: EditorState): EditorState {
  return state.merge === null ? state : { ...state, merge: null };
}

export function undo(state: EditorState): EditorState {
  const entry = state.past[state.past.length - 1];
  if (!entry) return state;
  const future = [...state.future, turned(state, entry)];
  return { ...moved(state, entry.steps), past: state.past.slice(0, -1), future, merge: null };
}

export function redo(state: EditorState): EditorState {
  const entry = state.future[state.future.length - 1];
  if (!entry) return state;
  const past = [...state.past, turned(state, entry)];
  return { ...moved(state, entry.steps), past, future: state.future.slice(0, -1), merge: null };
}

/** The entry that takes an entry back. */
function turned(state: EditorState, entry: HistoryEntry): HistoryEntry {
  const steps: TextChange[][] = [];
  let { text } = state.document;
  for (const step of entry.steps) {
    steps.push(inverse(text, step));
    text = changeText(text, step);
  }
  return { label: entry.label, steps: steps.reverse() };
}

export function canUndo(state: EditorState): boolean {
  return state.past.length > 0;
}

export function canRedo(state: EditorState): boolean {
  return state.future.length > 0;
}
