/** The draft that is open: one for the page, replaced when another one is opened. */
import { useSyncExternalStore } from "react";
import type { Interface, PipelineDocument, Source, TextChange } from "../../model/document.ts";
import { addTask } from "../../model/edit.ts";
import * as editor from "../../model/editor.ts";
import { type Interfaces, suggestId } from "../../model/graph.ts";
import type { Reference } from "../../net/types.ts";
import type { SaveStatus } from "./autosave.ts";
import type { Problem } from "./problems/problem.ts";
import { learn } from "./references.ts";

export type { SaveStatus } from "./autosave.ts";
export type { Problem } from "./problems/problem.ts";
export { modelInterface } from "./references.ts";

export type Selection =
  | { kind: "none" }
  | { kind: "tasks"; ids: ReadonlySet<string> }
  | { kind: "input" | "output"; name: string };

export interface Creator {
  /** the newest that can be read; what the canvas shows */
  document: PipelineDocument;
  /** as typed, also where it cannot be read */
  text: string;
  interfaces: Interfaces;
  /** by reference key, as the hub resolved them */
  references: ReadonlyMap<string, Reference>;
  problems: readonly Problem[];
  problemsOf(task: string): readonly Problem[];
  checking: boolean;
  /** how long the last check took, in milliseconds */
  checkedIn: number | null;
  selection: Selection;
  readOnly: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** what undo would take back, and redo do again */
  undoLabel: string | null;
  redoLabel: string | null;
  save: SaveStatus;
  draft: { id: string | null; title: string; basedOn: string | null };
  /** what was done last, for those who do not see it */
  said: string;
}

const NO_PROBLEMS: readonly Problem[] = [];
const NONE: Selection = { kind: "none" };

let state = editor.open("");
let now: Creator = fresh();
/** Narrow windows only read. */
let narrow = false;
const listeners = new Set<() => void>();
const focusing = new Set<(id: string) => void>();
const changing = new Set<(text: string) => void>();

function fresh(): Creator {
  return {
    document: state.shown,
    text: state.document.text,
    interfaces: new Map(),
    references: new Map(),
    problems: NO_PROBLEMS,
    problemsOf: () => NO_PROBLEMS,
    checking: false,
    checkedIn: null,
    selection: NONE,
    readOnly: false,
    canUndo: false,
    canRedo: false,
    undoLabel: null,
    redoLabel: null,
    save: { state: "new", at: null, error: null },
    draft: { id: null, title: "", basedOn: null },
    said: "",
  };
}

function set(change: Partial<Creator>) {
  now = { ...now, ...change };
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Draws again only when what is selected is another thing (===). */
export function useCreator<T>(select: (creator: Creator) => T): T {
  return useSyncExternalStore(subscribe, () => select(now));
}

/** Puts in what the editor has now. */
function show(next: editor.EditorState, more: Partial<Creator> = {}) {
  const typed = next.document !== state.document;
  state = next;
  const { shown, document } = state;
  set({
    document: shown,
    text: document.text,
    readOnly: narrow || !document.editable,
    canUndo: editor.canUndo(state),
    canRedo: editor.canRedo(state),
    undoLabel: state.past[state.past.length - 1]?.label ?? null,
    redoLabel: state.future[state.future.length - 1]?.label ?? null,
    draft: titled(document),
    ...more,
    selection: kept(shown, more.selection ?? now.selection),
  });
  if (typed) for (const fn of [...changing]) fn(document.text);
}

const titled = (document: PipelineDocument): Creator["draft"] => {
  const title = document.name || now.draft.title || "Untitled pipeline";
  return title === now.draft.title ? now.draft : { ...now.draft, title };
};

/** What of a selection is still there. */
function kept(document: PipelineDocument, selection: Selection): Selection {
  if (selection.kind === "none") return selection;
  if (selection.kind !== "tasks") {
    const ports = selection.kind === "input" ? document.inputs : document.outputs;
    return ports.some((port) => port.name === selection.name) ? selection : NONE;
  }
  const there = [...selection.ids].filter((id) => document.tasks.has(id));
  if (there.length === selection.ids.size) return selection;
  return there.length ? { kind: "tasks", ids: new Set(there) } : NONE;
}

export interface Component {
  key: string;
  interface: Interface;
  title: string;
  kind: "component" | "pipeline";
}

export const actions = {
  current: (): Creator => now,

  /** One step that can be undone; with the same `merge` it goes on with the one before. */
  change(label: string, edit: (document: PipelineDocument) => TextChange[], merge?: string) {
    if (now.readOnly) return;
    const next = editor.change(state, label, edit(state.document), merge);
    if (next !== state) show(next);
  },

  undo() {
    const label = now.undoLabel;
    if (label !== null && !narrow) show(editor.undo(state), { said: `Undone: ${label}` });
  },

  redo() {
    const label = now.redoLabel;
    if (label !== null && !narrow) show(editor.redo(state), { said: `Done again: ${label}` });
  },

  select(selection: Selection): void {
    const next = selection.kind === "tasks" && selection.ids.size === 0 ? NONE : selection;
    if (!sameSelection(next, now.selection)) set({ selection: next });
  },

  /** The id of the new task; "" when nothing may be changed. */
  addComponent(
    component: Component,
    at: { x: number; y: number } | null,
    args: ReadonlyMap<string, Source> = new Map(),
    /** what else belongs to the same step, such as connecting its outputs */
    then: (document: PipelineDocument, id: string) => TextChange[] = () => [],
  ): string {
    if (now.readOnly) return "";
    const id = suggestId(state.document, component.title);
    const changes = addTask(state.document, { id, key: component.key, position: at, arguments: args });
    const label = `Add ${component.title}`;
    const added = editor.change(state, label, changes, `add ${id}`);
    const joined = editor.change(added, label, then(added.document, id), `add ${id}`);
    show(editor.seal(joined), {
      interfaces: new Map(now.interfaces).set(component.key, component.interface),
      selection: { kind: "tasks", ids: new Set([id]) },
      said: `Added ${component.title}`,
    });
    return id;
  },

  say(text: string) {
    // The same words once more are another text to those who listen.
    set({ said: text === now.said ? `${text}\u00a0` : text });
  },

  focusTask(id: string) {
    for (const fn of [...focusing]) fn(id);
  },

  onFocusTask(fn: (id: string) => void): () => void {
    focusing.add(fn);
    return () => focusing.delete(fn);
  },
};

function sameSelection(a: Selection, b: Selection): boolean {
  if (a.kind === "tasks" && b.kind === "tasks")
    return a.ids.size === b.ids.size && [...a.ids].every((id) => b.ids.has(id));
  return a.kind === b.kind && (a.kind === "none" || (a as { name: string }).name === (b as { name: string }).name);
}

/** What only the page around the canvas does with the store. */
export const session = {
  /** Another draft, with a history of its own. */
  open(text: string, draft: Creator["draft"]) {
    state = editor.open(text);
    now = { ...fresh(), draft };
    show(state);
  },

  /** Another text as a whole, such as a restored revision; can be undone. */
  replace(label: string, text: string) {
    show(editor.type(editor.seal(state), label, text), { said: label });
  },

  /** The newest text, also where it cannot be read. */
  typed: (): PipelineDocument => state.document,

  setNarrow(is: boolean) {
    narrow = is;
    const readOnly = narrow || !state.document.editable;
    if (readOnly !== now.readOnly) set({ readOnly });
  },

  saved(save: SaveStatus) {
    set({ save });
  },

  identified(id: string | null) {
    if (id !== now.draft.id) set({ draft: { ...now.draft, id } });
  },

  checking() {
    if (!now.checking) set({ checking: true });
  },

  checked(problems: readonly Problem[], references: readonly Reference[], checkedIn: number | null) {
    const byTask = new Map<string, Problem[]>();
    for (const problem of problems) {
      if (problem.task === null) continue;
      const list = byTask.get(problem.task);
      if (list) list.push(problem);
      else byTask.set(problem.task, [problem]);
    }
    const same = JSON.stringify(problems) === JSON.stringify(now.problems);
    set({
      ...learn(now, references),
      ...(same ? {} : { problems, problemsOf: (task: string) => byTask.get(task) ?? NO_PROBLEMS }),
      checking: false,
      checkedIn,
    });
  },

  unchecked() {
    if (now.checking) set({ checking: false });
  },

  /** Called with each new text. */
  onChange(fn: (text: string) => void): () => void {
    changing.add(fn);
    return () => changing.delete(fn);
  },
};
