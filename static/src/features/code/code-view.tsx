/**
 * Text with line numbers, colours, search and marks. It lives in a shadow root: styles go there as adopted sheets, which
 * the page's content security policy allows.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";
import { codeMarks, type Lines, type Marker, setMarks } from "./code-marks.ts";
import { codeLook } from "./code-theme.ts";
import { type Language, languageOf } from "./languages.ts";

export type { Language, Lines, Marker };

export interface CodeViewProps {
  text: string;
  language: Language;
  /** what it is, for those who do not see it */
  label: string;
  readOnly?: boolean;
  /** count from 1; shown and scrolled to when they change */
  selectedLines?: Lines | null;
  markers?: readonly Marker[];
  /** where the caret is put, with the focus unless `look`; each object once */
  goTo?: Place | null;
  /** the line that was clicked or moved to */
  onLine?(line: number): void;
  onChange?(text: string): void;
}

/** Of a text: line from 1, column from 0. */
export interface Place {
  line: number;
  column: number;
  /** only shown, the focus stays where it is */
  look?: boolean;
}

const NO_MARKERS: readonly Marker[] = [];
/** A text that came from outside rather than from the keys. */
const given = Annotation.define<boolean>();

export default function CodeView(props: CodeViewProps) {
  const { text, language, label, readOnly = true, selectedLines = null, markers = NO_MARKERS } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  now.current = props;
  const told = useRef<string[]>([]);
  const gone = useRef<Place | null>(null);
  const go = () => {
    const { goTo } = now.current;
    if (!goTo || goTo === gone.current || !view.current) return;
    gone.current = goTo;
    goThere(view.current, goTo);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text has an effect of its own
  useEffect(() => {
    const element = host.current!;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const state = EditorState.create({ doc: text, extensions: extensions(now, told, language, label, readOnly) });
    const made = new EditorView({ state, parent: root, root });
    view.current = made;
    go();
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [language, label, readOnly]);

  useEffect(() => {
    // What was typed comes back a little later, when more may have been typed already.
    const back = told.current.indexOf(text);
    told.current = back < 0 ? [] : told.current.slice(back + 1);
    if (back >= 0) return;
    const changes = view.current && difference(view.current.state.doc.toString(), text);
    if (changes) view.current!.dispatch({ changes, annotations: given.of(true) });
  }, [text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: marks move with the text; only another editor needs them anew
  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of({ selected: selectedLines, markers }) });
  }, [selectedLines?.from, selectedLines?.to, markers, language, label, readOnly]);

  useEffect(() => {
    if (selectedLines?.from !== undefined && view.current)
      showLines(view.current, selectedLines.from, selectedLines.to);
  }, [selectedLines?.from, selectedLines?.to]);

  // Before the next key is pressed, or it would go where the focus was.
  useLayoutEffect(go);

  return <div className="code-host" ref={host} />;
}

function extensions(
  now: { current: CodeViewProps },
  told: { current: string[] },
  language: Language,
  label: string,
  readOnly: boolean,
): Extension[] {
  return [
    codeMarks,
    lineNumbers({
      domEventHandlers: {
        mousedown(view, line) {
          now.current.onLine?.(view.state.doc.lineAt(line.from).number);
          return false;
        },
      },
    }),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    search({ top: true }),
    readOnly ? [EditorState.readOnly.of(true)] : [history(), indentOnInput(), bracketMatching()],
    keymap.of([...searchKeymap, ...(readOnly ? [] : historyKeymap), ...defaultKeymap]),
    languageOf(language),
    codeLook,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.updateListener.of(({ state, docChanged, selectionSet, transactions }) => {
      if (docChanged && now.current.onChange && !transactions.some((t) => t.annotation(given))) {
        const text = state.doc.toString();
        told.current.push(text);
        now.current.onChange(text);
      }
      const moved = selectionSet && transactions.some((t) => t.isUserEvent("select"));
      if (moved && state.selection.main.empty) now.current.onLine?.(state.doc.lineAt(state.selection.main.head).number);
    }),
  ];
}

function goThere(view: EditorView, { line, column, look }: Place) {
  const { from, to } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  const at = Math.min(from + column, to);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "nearest", yMargin: 60 }) });
  if (!look) view.focus();
}

/** Only where they are not in sight: what is read must not jump. */
function showLines(view: EditorView, from: number, to: number) {
  const { doc } = view.state;
  if (from < 1 || from > doc.lines) return;
  const first = doc.line(from);
  const last = doc.line(Math.min(to, doc.lines));
  const { top, bottom } = view.scrollDOM.getBoundingClientRect();
  const block = view.lineBlockAt(first.from);
  const end = view.lineBlockAt(last.from);
  const offset = view.documentTop;
  if (offset + block.top >= top && offset + end.bottom <= bottom) return;
  view.dispatch({ effects: EditorView.scrollIntoView(first.from, { y: "start", yMargin: 40 }) });
}

/** The least single change, so that the place in the text stays. */
function difference(before: string, after: string) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let same = 0;
  while (same < shorter - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}
