/** Lines that are chosen, and lines with a problem: a fill, a wavy line under what it is about, and a mark beside the
    numbers that says what is wrong. */
import { type Extension, RangeSet, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter } from "@codemirror/view";

export interface Marker {
  line: number;
  severity: "error" | "warning" | "info";
  message: string;
  /** what of the line it is about, as offsets in it */
  span?: { from: number; to: number } | null;
}

export interface Lines {
  from: number;
  to: number;
}

export interface Marks {
  selected: Lines | null;
  markers: readonly Marker[];
}

export const setMarks = StateEffect.define<Marks>();

interface Drawn {
  lines: DecorationSet;
  spans: DecorationSet;
  gutter: RangeSet<GutterMarker>;
}

const RANK = { error: 0, warning: 1, info: 2 };
const SHAPES = {
  error: "M7 2h6l5 5v6l-5 5H7l-5-5V7zM10 6v5M10 14v.01",
  warning: "M10 3 18 17H2zM10 8v4M10 14.5v.01",
  info: "M10 2a8 8 0 1 0 .01 0zM10 9v5M10 6v.01",
};

class Mark extends GutterMarker {
  readonly severity: Marker["severity"];
  readonly message: string;

  constructor(severity: Marker["severity"], message: string) {
    super();
    this.severity = severity;
    this.message = message;
  }

  override eq(other: Mark) {
    return other.severity === this.severity && other.message === this.message;
  }

  override toDOM() {
    const mark = document.createElement("span");
    mark.className = `cm-mark cm-mark-${this.severity}`;
    mark.title = this.message;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 20 20");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", SHAPES[this.severity]);
    svg.append(path);
    mark.append(svg);
    return mark;
  }
}

function worst(markers: readonly Marker[]): Map<number, Mark> {
  const byLine = new Map<number, Marker[]>();
  for (const marker of markers) byLine.set(marker.line, [...(byLine.get(marker.line) ?? []), marker]);
  return new Map(
    [...byLine].map(([line, list]) => {
      const first = list.reduce((a, b) => (RANK[b.severity] < RANK[a.severity] ? b : a));
      return [line, new Mark(first.severity, list.map((marker) => marker.message).join("\n"))];
    }),
  );
}

function draw(text: Text, { selected, markers }: Marks): Drawn {
  const marks = worst(markers);
  const lines = new RangeSetBuilder<Decoration>();
  const gutterMarks = new RangeSetBuilder<GutterMarker>();
  const from = Math.max(1, selected?.from ?? 1);
  const chosen = selected
    ? Array.from({ length: Math.min(selected.to, text.lines) - from + 1 }, (_, i) => from + i)
    : [];
  for (const line of [...new Set([...chosen, ...marks.keys()])].sort((a, b) => a - b)) {
    if (line < 1 || line > text.lines) continue;
    const at = text.line(line).from;
    const mark = marks.get(line);
    const name = mark && mark.severity !== "info" ? `cm-marked-${mark.severity}` : "cm-chosen";
    if (mark) gutterMarks.add(at, at, mark);
    if (selected && line >= from && line <= selected.to) lines.add(at, at, Decoration.line({ class: name }));
    else if (mark && mark.severity !== "info") lines.add(at, at, Decoration.line({ class: name }));
  }
  return { lines: lines.finish(), spans: spansOf(text, markers), gutter: gutterMarks.finish() };
}

function spansOf(text: Text, markers: readonly Marker[]): DecorationSet {
  const ranges = markers.flatMap(({ line, span, severity, message }) => {
    if (!span || line < 1 || line > text.lines) return [];
    const { from, length } = text.line(line);
    if (span.from >= span.to || span.to > length) return [];
    const look = Decoration.mark({ class: `cm-about-${severity}`, attributes: { title: message } });
    return [look.range(from + span.from, from + span.to)];
  });
  return Decoration.set(ranges, true);
}

const field = StateField.define<Drawn>({
  create: () => ({ lines: Decoration.none, spans: Decoration.none, gutter: RangeSet.empty }),
  update(drawn, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return draw(transaction.state.doc, effect.value);
    if (!transaction.docChanged) return drawn;
    const { lines, spans, gutter } = drawn;
    const { changes } = transaction;
    return { lines: lines.map(changes), spans: spans.map(changes), gutter: gutter.map(changes) };
  },
  provide: (self) => [
    EditorView.decorations.from(self, (drawn) => drawn.lines),
    EditorView.decorations.from(self, (drawn) => drawn.spans),
  ],
});

export const codeMarks: Extension = [
  field,
  gutter({ class: "cm-marks", markers: (view) => view.state.field(field).gutter }),
];
