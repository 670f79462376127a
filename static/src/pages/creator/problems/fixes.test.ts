import assert from "node:assert/strict";
import { test } from "node:test";
import { changeText, type PipelineDocument, readDocument } from "../../../model/document.ts";
import { type Fix, fixOf, unknownVersion } from "./fixes.ts";
import { placed } from "./problem.ts";
import { inputIndex, sentenceOf } from "./sentence.ts";

const DOCUMENT = readDocument(`name: a
inputs:
- {name: text, type: String}
implementation:
  graph:
    tasks:
      say:
        componentRef: {name: starter/echo@9.0.0}
        arguments:
          bogus: "1"
          from: {graphInput: {inputName: gone}}
`);
const ECHO = {
  inputs: [
    { name: "text", type: "String", optional: false, default: null, description: "What to say." },
    { name: "from", type: "Integer", optional: false, default: null, description: null },
  ],
  outputs: [],
};
const INTERFACES = new Map([["starter/echo@9.0.0", ECHO]]);
const TASK = "/implementation/graph/tasks/say";

const problem = (code: string, message: string, path: string) =>
  placed([{ severity: "error", code, message, path }], DOCUMENT)[0]!;

function apply(fix: Fix | null, document: PipelineDocument): PipelineDocument {
  assert.ok(fix);
  return fix.steps.reduce((doc, step) => readDocument(changeText(doc.text, step(doc))), document);
}

test("a missing input becomes an input of the pipeline with its type, under a name that is free", () => {
  const found = problem("missing_input", 'say needs its input "text"', `${TASK}/arguments`);
  const after = apply(fixOf(found, DOCUMENT, INTERFACES), DOCUMENT);
  assert.deepEqual(after.tasks.get("say")!.arguments.get("text"), { kind: "input", input: "say_text" });
  const added = after.inputs.find((port) => port.name === "say_text");
  assert.equal(added?.type, "String");
  assert.equal(added?.description, "What to say.");
});

test("an argument that no input takes is removed", () => {
  const fix = fixOf(problem("unknown_argument", "say has no input", `${TASK}/arguments/bogus`), DOCUMENT, INTERFACES);
  assert.equal(fix?.label, "Remove it");
  assert.ok(!apply(fix, DOCUMENT).tasks.get("say")!.arguments.has("bogus"));
});

test("an input that the pipeline lacks is added with the type of the port that takes it", () => {
  const fix = fixOf(problem("unknown_graph_input", "none", `${TASK}/arguments/from`), DOCUMENT, INTERFACES);
  assert.equal(apply(fix, DOCUMENT).inputs.find((port) => port.name === "gone")?.type, "Integer");
});

test("what nobody can repair for people has no fix", () => {
  assert.equal(fixOf(problem("unused_input", "no task uses it", "/inputs/0"), DOCUMENT, INTERFACES), null);
});

test("only a reference with a version can be without one", () => {
  const unknown = problem("unknown_component", "say refers to it", `${TASK}/componentRef`);
  assert.deepEqual(unknownVersion(unknown, DOCUMENT), { task: "say", namespace: "starter", name: "echo" });
  const plain = readDocument(DOCUMENT.text.replace("@9.0.0", ""));
  assert.equal(unknownVersion(unknown, plain), null);
});

test("a problem has its task and a line, and none is left of a task that is gone", () => {
  assert.equal(problem("x", "y", `${TASK}/arguments/bogus`).line, 10);
  assert.equal(problem("x", "y", `${TASK}/arguments/bogus`).task, "say");
  const gone = { severity: "error" as const, code: "x", message: "y", path: "/implementation/graph/tasks/gone" };
  assert.deepEqual(placed([gone], DOCUMENT), []);
});

test("a sentence has the task in front, what is quoted as code, and a full stop", () => {
  assert.deepEqual(sentenceOf({ ...problem("x", 'say needs its input "text"', TASK), hint: "connect it" }), [
    { look: "task", text: "say" },
    { look: "plain", text: " needs its input " },
    { look: "code", text: "text" },
    { look: "plain", text: "." },
    { look: "plain", text: " Connect it." },
  ]);
  assert.deepEqual(sentenceOf(problem("x", "loops", TASK))[1], { look: "plain", text: ": " });
  assert.equal(sentenceOf(problem("x", "no task uses it", "/inputs/0"))[0]?.text, "No task uses it.");
});

test("a pointer to an input names its place", () => {
  assert.equal(inputIndex("/inputs/3/name"), 3);
  assert.equal(inputIndex("/outputs/3"), null);
});
