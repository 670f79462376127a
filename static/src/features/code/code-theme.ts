/** The look of code in the application's tokens: custom properties reach into the shadow root. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--code)", fontSize: "var(--fs-12)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", padding: "6px 0" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in oklab, var(--accent) 24%, transparent)",
  },
  ".cm-gutters": { backgroundColor: "var(--code)", color: "var(--text-3)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "36px", padding: "0 6px 0 4px", cursor: "pointer" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset 0 0 0 1px var(--line)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  ".cm-chosen": { backgroundColor: "var(--selected)", boxShadow: "inset 2px 0 var(--accent)" },
  ".cm-marked-error": { backgroundColor: "var(--bad-soft)", boxShadow: "inset 2px 0 var(--state-failed)" },
  ".cm-marked-warning": { backgroundColor: "var(--warn-soft)", boxShadow: "inset 2px 0 var(--warn)" },
  ".cm-about-error": { textDecoration: "underline wavy var(--state-failed)", textUnderlineOffset: "3px" },
  ".cm-about-warning": { textDecoration: "underline wavy var(--warn)", textUnderlineOffset: "3px" },
  ".cm-marks": { width: "16px" },
  ".cm-mark": { display: "grid", placeItems: "center", height: "100%", cursor: "help" },
  ".cm-mark svg": {
    width: "12px",
    height: "12px",
    fill: "none",
    stroke: "currentColor",
    strokeWidth: "1.5",
    strokeLinecap: "round",
    strokeLinejoin: "round",
  },
  ".cm-mark-error": { color: "var(--state-failed)" },
  ".cm-mark-warning": { color: "var(--warn)" },
  ".cm-mark-info": { color: "var(--text-3)" },
  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 28px 6px 10px", fontFamily: "var(--font)", fontSize: "var(--fs-12)" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "4px", fontSize: "var(--fs-12)" },
  ".cm-panel.cm-search [name=close]": { color: "var(--text-2)", width: "24px", height: "24px", cursor: "pointer" },
  ".cm-textfield": {
    height: "var(--h-s)",
    color: "var(--text)",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-control)",
    borderRadius: "var(--r-m)",
    fontSize: "var(--fs-12)",
  },
  ".cm-button": {
    height: "var(--h-s)",
    color: "var(--text)",
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-2)",
    borderRadius: "var(--r-m)",
    fontSize: "var(--fs-12)",
    cursor: "pointer",
  },
  ".cm-textfield:focus-visible, .cm-button:focus-visible, [name=close]:focus-visible": {
    outline: "2px solid var(--accent)",
    outlineOffset: "1px",
  },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selected)", outline: "2px solid var(--accent)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword], color: "var(--port-json)" },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: "var(--port-metrics)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--port-number)" },
  { tag: [tags.comment, tags.lineComment, tags.meta], color: "var(--text-3)" },
  { tag: [tags.labelName, tags.typeName], color: "var(--port-boolean)" },
]);

export const codeLook: Extension = [look, syntaxHighlighting(colours)];
