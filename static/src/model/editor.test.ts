import assert from "node:assert/strict";
import test from "node:test";
import { moveTasks, setName } from "./edit.ts";
import { canRedo, canUndo, change, type EditorState, open, redo, seal, type, undo } from "./editor.ts";
import { largePipeline } from "./testing.ts";

const TEXT = largePipeline(3);

function move(state: EditorState, x: number, merge?: string): EditorState {
  return change(state, "Move", moveTasks(state.document, new Map([["task-1", { x, y: 0 }]])), merge);
}

test("undo and redo go through the texts one by one", () => {
  const first = open(TEXT);
  const second = move(first, 5);
  const third = change(second, "Rename", setName(second.document, "Other"));
  assert.deepEqual([canUndo(first), canUndo(third), canRedo(third)], [false, true, false]);
  assert.equal(undo(third).document.text, second.document.text);
  assert.equal(undo(undo(third)).document.text, TEXT);
  assert.equal(redo(undo(undo(third))).document.text, second.document.text);
  assert.equal(redo(redo(undo(undo(third)))).document.text, third.document.text);
  assert.equal(undo(first), first);
  assert.equal(redo(third), third);
  assert.equal(undo(third).future[0]?.label, "Rename");
});

test("a new change ends what could be redone", () => {
  const state = move(undo(move(open(TEXT), 5)), 6);
  assert.equal(canRedo(state), false);
});

test("the changes of one gesture are undone together, those of the next by themselves", () => {
  let state = open(TEXT);
  for (let x = 1; x <= 20; x++) state = move(state, x, "drag 1");
  assert.equal(state.past.length, 1);
  const dragged = state.document.text;
  state = move(seal(state), 30, "drag 1");
  assert.equal(state.past.length, 2);
  state = undo(state);
  assert.equal(state.document.text, dragged);
  assert.equal(undo(state).document.text, TEXT);
  assert.equal(redo(undo(state)).document.text, dragged);
  assert.equal(move(state, 40, "drag 1").past.length, 2);
});

test("no changes give the same state, and each change another revision", () => {
  const state = move(open(TEXT), 1);
  assert.equal(change(state, "Nothing", []), state);
  assert.equal(type(state, "Type", state.document.text), state);
  assert.equal(undo(state).revision, 2);
});

test("while typed text cannot be read, the last document that could be edited stays in view", () => {
  const first = open(TEXT);
  const broken = type(first, "Type", TEXT.replace("tasks:", "tasks: ["));
  assert.equal(broken.document.editable, false);
  assert.equal(broken.shown, first.document);
  assert.deepEqual(broken.past[0]?.steps[0]?.[0], {
    from: TEXT.indexOf("tasks:") + 6,
    to: TEXT.indexOf("tasks:") + 8,
    insert: "",
  });
  const mended = type(broken, "Type", TEXT);
  assert.equal(mended.shown, mended.document);
});

test("the history is limited by entries and by size", () => {
  let state = open("a: 0");
  for (let i = 1; i <= 600; i++) state = type(state, "Type", `a: ${i}`);
  assert.equal(state.past.length, 500);
  let large = open(`a: ${"x".repeat(5_000_000)}`);
  for (let i = 0; i < 6; i++) large = type(large, "Type", `b: ${String(i).repeat(5_000_000)}`);
  assert.equal(large.past.length, 3);
});
