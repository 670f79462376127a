import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "yaml";
import { duplicateTasks } from "./clipboard.ts";
import {
  applyChanges,
  type Condition,
  changeText,
  type PipelineDocument,
  type Port,
  readDocument,
  type Source,
  type Task,
  type TextChange,
} from "./document.ts";
import * as edit from "./edit.ts";
import { change, open, redo, undo } from "./editor.ts";
import { corpusPipelines, type Meaning, meaning, randomNumbers, starterPipelines, visible } from "./testing.ts";

type Random = (n: number) => number;
type PlainTask = Omit<Task, "line">;
interface Step {
  label: string;
  changes: TextChange[];
  expected: Meaning;
  /** what is taken out or put in place of something else, and its comments with it */
  removes?: boolean;
}

const TEXTS = [
  "plain",
  "1",
  "no",
  "2020-01-01",
  "a: b",
  "# x",
  "it's",
  "two\nlines\n",
  " space",
  "",
  "a, [b] {c}",
  "é→\t",
  "x\ny",
];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)]!;
}

function someSource(random: Random, doc: PipelineDocument): Source {
  const kind = random(3);
  if (kind === 0 && doc.inputs.length) return { kind: "input", input: pick(random, doc.inputs).name };
  if (kind === 1) return { kind: "output", task: pick(random, [...doc.tasks.keys()]), output: pick(random, TEXTS) };
  return { kind: "constant", text: pick(random, TEXTS) };
}

function someConditions(random: Random, doc: PipelineDocument): Condition[] {
  return Array.from({ length: random(4) }, () => ({
    operator: pick(random, ["==", "!="] as const),
    left: someSource(random, doc),
    right: someSource(random, doc),
  }));
}

function withTask(model: Meaning, id: string, change: Partial<PlainTask>): Meaning {
  return { ...model, tasks: model.tasks.map((task) => (task.id === id ? { ...task, ...change } : task)) };
}

/** Takes sources that are gone out of the model, as removing a task or an input does. */
function without(model: Meaning, isGone: (source: Source) => boolean, isTaskGone: (id: string) => boolean): Meaning {
  const keep = (values: Map<string, Source>) => new Map([...values].filter(([, source]) => !isGone(source)));
  const conditionLeft = (condition: Task["condition"]): Task["condition"] => {
    if (condition.kind !== "simple") return condition;
    const all = condition.all.filter(({ left, right }) => !isGone(left) && !isGone(right));
    return all.length ? { kind: "simple", all } : { kind: "none" };
  };
  const tasks = model.tasks.map((task) => ({
    ...task,
    arguments: keep(task.arguments),
    condition: conditionLeft(task.condition),
    dependsOn: task.dependsOn.filter((id) => !isTaskGone(id)),
  }));
  return { ...model, tasks: tasks.filter((task) => !isTaskGone(task.id)), outputValues: keep(model.outputValues) };
}

/** Gives sources other names. */
function renamed(model: Meaning, name: (source: Source) => Source): Meaning {
  const all = (values: Map<string, Source>) => new Map([...values].map(([key, source]) => [key, name(source)]));
  const tasks = model.tasks.map((task): PlainTask => {
    const condition: Task["condition"] =
      task.condition.kind === "simple"
        ? { kind: "simple", all: task.condition.all.map((c) => ({ ...c, left: name(c.left), right: name(c.right) })) }
        : task.condition;
    return { ...task, arguments: all(task.arguments), condition };
  });
  return { ...model, tasks, outputValues: all(model.outputValues) };
}

function mentionedInOther(doc: PipelineDocument): boolean {
  return [...doc.tasks.values()].some((task) => task.condition.kind === "other");
}

const EDITS: ((random: Random, doc: PipelineDocument, model: Meaning, id: string) => Step | null)[] = [
  (random, doc, model) => {
    const id = `new ${random(1000)}`;
    const source = someSource(random, doc);
    const task = { id, key: "starter/echo@1.0.0", position: { x: 18, y: 36 }, arguments: new Map([["text", source]]) };
    if (doc.tasks.has(id)) return null;
    const added: PlainTask = {
      id,
      reference: { key: task.key, name: task.key, inline: null },
      arguments: task.arguments,
      condition: { kind: "none" },
      retries: null,
      timeout: null,
      continueOnError: false,
      dependsOn: [],
      exitHandler: false,
      iterate: null,
      position: task.position,
    };
    return {
      label: "addTask",
      changes: edit.addTask(doc, task),
      expected: { ...model, tasks: [...model.tasks, added] },
    };
  },
  (_, doc, model, id) => {
    if (mentionedInOther(doc)) return null;
    const gone = (source: Source) => source.kind === "output" && source.task === id;
    const expected = without(model, gone, (other) => other === id);
    return { label: "removeTasks", changes: edit.removeTasks(doc, [id]), expected, removes: true };
  },
  (random, doc, model, id) => {
    const newId = pick(random, ["y", "a b", "x/y~z", "5", "#1", "re: named"]) + random(100);
    if (doc.tasks.has(newId) || mentionedInOther(doc)) return null;
    const expected = renamed(model, (s) => (s.kind === "output" && s.task === id ? { ...s, task: newId } : s));
    const tasks = expected.tasks.map((task) => ({
      ...task,
      id: task.id === id ? newId : task.id,
      dependsOn: task.dependsOn.map((one) => (one === id ? newId : one)),
    }));
    return { label: "renameTask", changes: edit.renameTask(doc, id, newId), expected: { ...expected, tasks } };
  },
  (random, doc, model, id) => {
    const position = { x: random(1000), y: random(1000) };
    const changes = edit.moveTasks(doc, new Map([[id, position]]));
    return { label: "moveTasks", changes, expected: withTask(model, id, { position }) };
  },
  (random, doc, model, id) => {
    const task = doc.tasks.get(id)!;
    const input = random(2) ? `in ${random(5)}` : (pick(random, [...task.arguments.keys()]) ?? "x");
    const source = random(3) ? someSource(random, doc) : null;
    const given = new Map(task.arguments);
    if (source) given.set(input, source);
    else given.delete(input);
    const changes = edit.setArgument(doc, id, input, source);
    const iterate = changes.length && task.iterate === input ? null : task.iterate;
    const expected = withTask(model, id, { arguments: given, iterate });
    return { label: "setArgument", changes, expected, removes: true };
  },
  (random, doc, model, id) => {
    const all = someConditions(random, doc);
    const condition: Task["condition"] = all.length ? { kind: "simple", all } : { kind: "none" };
    const changes = edit.setCondition(doc, id, all);
    return { label: "setCondition", changes, expected: withTask(model, id, { condition }), removes: true };
  },
  (random, doc, model, id) => {
    const retries = random(2) ? random(9) : null;
    const changes = edit.setRetries(doc, id, retries);
    return { label: "setRetries", changes, expected: withTask(model, id, { retries }), removes: !retries };
  },
  (random, doc, model, id) => {
    const timeout = random(2) ? `${1 + random(9)}m` : null;
    const changes = edit.setTimeout(doc, id, timeout);
    return { label: "setTimeout", changes, expected: withTask(model, id, { timeout }), removes: !timeout };
  },
  (random, doc, model, id) => {
    const on = random(2) === 1;
    const changes = edit.setContinueOnError(doc, id, on);
    return {
      label: "setContinueOnError",
      changes,
      expected: withTask(model, id, { continueOnError: on }),
      removes: !on,
    };
  },
  (random, doc, model, id) => {
    const on = random(2) === 1;
    const changes = edit.setExitHandler(doc, id, on);
    return { label: "setExitHandler", changes, expected: withTask(model, id, { exitHandler: on }), removes: !on };
  },
  (random, doc, model, id) => {
    const before = doc.tasks.get(id)!.dependsOn;
    const more = pick(random, [...doc.tasks.keys()]);
    const dependsOn = random(2) ? [...before.filter((one) => one !== more), more] : before.slice(1);
    if (random(2) && before.includes(more)) return null;
    const changes = edit.setDependsOn(doc, id, dependsOn);
    const kept = before.filter((one) => dependsOn.includes(one));
    const expected = [...kept, ...dependsOn.filter((one) => !before.includes(one))];
    return { label: "setDependsOn", changes, expected: withTask(model, id, { dependsOn: expected }), removes: true };
  },
  (random, doc, model, id) => {
    const key = pick(random, [`sha256:${"ab".repeat(32)}`, "starter/echo@2.0.0", "echo"]);
    const reference = { key, name: key.startsWith("sha256:") ? null : key, inline: null };
    const changes = edit.setReference(doc, id, key);
    return { label: "setReference", changes, expected: withTask(model, id, { reference }), removes: true };
  },
  (random, doc, model) => {
    const port = {
      name: `p ${random(1000)}`,
      type: "Integer",
      default: pick(random, TEXTS),
      optional: random(2) === 1,
    };
    if (doc.inputs.some((one) => one.name === port.name)) return null;
    const added = { ...port, description: null, position: null };
    const changes = edit.addInput(doc, port);
    return { label: "addInput", changes, expected: { ...model, inputs: [...model.inputs, added] } };
  },
  (random, doc, model) => {
    if (!doc.inputs.length || mentionedInOther(doc)) return null;
    const { name } = pick(random, doc.inputs);
    const change: Partial<Port> = {
      name: `renamed ${random(1000)}`,
      type: pick(random, ["String", null]),
      optional: random(2) === 1,
    };
    if (random(2)) change.default = pick(random, [...TEXTS, null]);
    if (random(2)) change.description = pick(random, ["What it is", null]);
    if (doc.inputs.some((port) => port.name === change.name)) return null;
    const expected = renamed(model, (s) =>
      s.kind === "input" && s.input === name ? { ...s, input: change.name! } : s,
    );
    const inputs = model.inputs.map((port) => (port.name === name ? { ...port, ...change } : port));
    const changes = edit.changeInput(doc, name, change);
    return { label: "changeInput", changes, expected: { ...expected, inputs }, removes: true };
  },
  (random, doc, model) => {
    if (!doc.inputs.length || mentionedInOther(doc)) return null;
    const { name } = pick(random, doc.inputs);
    const expected = without(
      model,
      (s) => s.kind === "input" && s.input === name,
      () => false,
    );
    const inputs = model.inputs.filter((port) => port.name !== name);
    return {
      label: "removeInput",
      changes: edit.removeInput(doc, name),
      expected: { ...expected, inputs },
      removes: true,
    };
  },
  (random, doc, model) => {
    const name = `out ${random(1000)}`;
    const source = random(2) ? someSource(random, doc) : null;
    if (doc.outputs.some((port) => port.name === name)) return null;
    const port = { name, type: "Model", description: "x" };
    const outputs = [...model.outputs, { ...port, default: null, optional: false, position: null }];
    const outputValues = new Map(model.outputValues);
    if (source) outputValues.set(name, source);
    return {
      label: "addOutput",
      changes: edit.addOutput(doc, port, source),
      expected: { ...model, outputs, outputValues },
    };
  },
  (random, doc, model) => {
    if (!doc.outputs.length) return null;
    const { name } = pick(random, doc.outputs);
    const source = pick(random, [someSource(random, doc), null, undefined]);
    const newName = random(2) ? `other ${random(1000)}` : name;
    if (newName !== name && doc.outputs.some((port) => port.name === newName)) return null;
    const outputs = model.outputs.map((port) => (port.name === name ? { ...port, name: newName } : port));
    const outputValues = new Map(model.outputValues);
    const value = source === undefined ? outputValues.get(name) : source;
    outputValues.delete(name);
    if (value) outputValues.set(newName, value);
    const changes = edit.changeOutput(doc, name, { name: newName }, source);
    return { label: "changeOutput", changes, expected: { ...model, outputs, outputValues }, removes: true };
  },
  (random, doc, model) => {
    if (!doc.outputs.length) return null;
    const { name } = pick(random, doc.outputs);
    const outputs = model.outputs.filter((port) => port.name !== name);
    const outputValues = new Map([...model.outputValues].filter(([key]) => key !== name));
    return {
      label: "removeOutput",
      changes: edit.removeOutput(doc, name),
      expected: { ...model, outputs, outputValues },
      removes: true,
    };
  },
  (random, doc, model) => {
    const name = `Name ${random(9)}`;
    return { label: "setName", changes: edit.setName(doc, name), expected: { ...model, name } };
  },
  (random, doc, model) => {
    const description = pick(random, ["One line", "two\nlines", null]);
    const changes = edit.setDescription(doc, description);
    return { label: "setDescription", changes, expected: { ...model, description }, removes: true };
  },
  (_, doc, model, id) => {
    const { changes, added } = duplicateTasks(doc, [id], { x: 18, y: 18 });
    const task = model.tasks.find((one) => one.id === id)!;
    if (JSON.stringify([...task.arguments.values(), task.condition, task.dependsOn]).includes(JSON.stringify(id)))
      return null;
    const position = task.position && { x: task.position.x + 18, y: task.position.y + 18 };
    return {
      label: "duplicateTasks",
      changes,
      expected: { ...model, tasks: [...model.tasks, { ...task, id: added[0]!, position }] },
    };
  },
];

/** Comments on lines of their own and at the ends of lines, each different from all others. */
function withComments(random: Random, text: string): string {
  let count = 0;
  return text
    .split("\n")
    .map((line) => {
      const chance = random(6);
      if (line === "" || chance > 1) return line;
      const comment = `# c${count++}.`;
      return chance === 0
        ? `${line} ${comment}`
        : `${" ".repeat(random(2) ? line.search(/\S/) : random(12))}${comment}\n${line}`;
    })
    .join("\n");
}

function comments(text: string): string[] {
  return text.match(/# c\d+\./g) ?? [];
}

function emptyMaps(text: string): number {
  return text.match(/[\w"]+: *(\{\}|\[\])/g)?.filter((match) => !/^"?tasks/.test(match)).length ?? 0;
}

function checkStep(doc: PipelineDocument, step: Step): PipelineDocument {
  let at = 0;
  for (const { from, to } of step.changes) {
    assert.ok(from >= at && to >= from && to <= doc.text.length, "changes ascend and do not overlap");
    at = to;
  }
  const next = applyChanges(doc, step.changes);
  assert.deepEqual(meaning(next), step.expected);
  assert.deepEqual(visible(next), visible(readDocument(next.text)));
  const left = new Set(comments(next.text));
  for (const comment of comments(doc.text)) {
    const where = doc.text.indexOf(comment);
    const inside = step.removes && step.changes.some(({ from, to }) => from <= where && where < to);
    assert.ok(left.has(comment) || inside, `${comment} is lost`);
  }
  if (step.removes) assert.ok(emptyMaps(next.text) <= emptyMaps(doc.text), "no empty map is left behind");
  return next;
}

function runSequence(seed: number, text: string, length: number): void {
  const random = randomNumbers(seed);
  let doc = readDocument(text);
  for (let i = 0; i < length && doc.tasks.size; i++) {
    const step = pick(random, EDITS)(random, doc, meaning(doc), pick(random, [...doc.tasks.keys()]));
    if (!step) continue;
    try {
      doc = checkStep(doc, step);
    } catch (error) {
      const where = `seed ${seed}, step ${i}, ${step.label} ${JSON.stringify(step.changes)}`;
      throw new Error(`${where}\n${(error as Error).message}\n${changeText(doc.text, step.changes)}`);
    }
  }
}

test("any sequence of edits gives the document that was meant, keeps comments and leaves the rest as it was", () => {
  starterPipelines().forEach(({ text }, n) => {
    for (let i = 0; i < 8; i++) {
      const seed = n * 100 + i;
      runSequence(seed, withComments(randomNumbers(seed), text), 25);
    }
  });
});

test("the same in documents with Windows line ends, without a last line end, and as JSON", () => {
  starterPipelines().forEach(({ text }, n) => {
    for (let i = 0; i < 4; i++) {
      runSequence(5000 + n * 100 + i, text.replace(/\n/g, "\r\n"), 20);
      runSequence(6000 + n * 100 + i, text.trimEnd(), 20);
      runSequence(7000 + n * 100 + i, asJson(text, i % 2 ? 2 : undefined), 20);
    }
  });
});

const UNUSUAL = `# at the top
"name": >-
  Folded
  name
inputs:
  - name: a
    description: |
      Two
      lines

    type: {GCSPath: {data_type: CSV}}
  - type: Integer
    default: |+
      kept

    # after the kept lines
    name: b
outputs:
  -
    name: o
    description: plain over
      two lines
implementation:
    graph:

        outputValues: {o: {taskOutput: {taskId: "one", outputName: x}}}
        tasks:

            one:
                componentRef:
                    name: 'echo'
                arguments:
                    text: |2
                        indented by itself
                    more: "over
                      lines"
                    source:
                        taskOutput:
                            outputName: x # first
                            taskId: two

                # before the condition
                isEnabled:
                    "==": # operands as a list
                    - graphInput: {inputName: a}
                    - |
                        text

            two:
              componentRef: {
                name: echo, # in flow
                tag: "1"
              }
              annotations:
                  component-hub.dev/depends-on:
                    - one
                    - 'two'
                  editor.position: >-
                    {"x": 1, "y": 2,
                    "z": 3}
              arguments: {

                a: {graphInput: {inputName: a}}, b: [1,
                2], }
metadata: {}
`;

test("the same in a document of all styles at once", () => {
  for (let seed = 8000; seed < 8030; seed++) {
    runSequence(seed, UNUSUAL, 25);
    runSequence(seed + 500, UNUSUAL.replace(/\n/g, "\r\n"), 25);
  }
});

function asJson(text: string, indent: number | undefined): string {
  return JSON.stringify(parse(text), null, indent);
}

test("undo gives back the bytes of any pipeline, redo those of the edit", (t) => {
  const pipelines = [...starterPipelines(), ...corpusPipelines()];
  if (!process.env.CORPUS) t.diagnostic("CORPUS is not set: only the starter pipelines");
  pipelines.forEach(({ name, text }, n) => {
    const random = randomNumbers(n);
    const first = open(text);
    const states = [first];
    for (let i = 0; i < 12; i++) {
      const state = states[states.length - 1]!;
      const ids = [...state.document.tasks.keys()];
      const step = ids.length
        ? pick(random, EDITS)(random, state.document, meaning(state.document), pick(random, ids))
        : null;
      if (step?.changes.length) states.push(change(state, step.label, step.changes));
    }
    let state = states[states.length - 1]!;
    for (const before of states.slice(0, -1).reverse()) {
      state = undo(state);
      assert.equal(state.document.text, before.document.text, name);
    }
    for (const after of states.slice(1)) {
      state = redo(state);
      assert.equal(state.document.text, after.document.text, name);
    }
    assert.deepEqual(visible(state.document), visible(states[states.length - 1]!.document));
  });
});
