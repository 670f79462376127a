import assert from "node:assert/strict";
import test from "node:test";
import { readManifest } from "./manifest.ts";
import { partOf } from "./part.ts";

const TEXT = `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata:
  annotations:
    component-hub.dev/title: Example
    component-hub.dev/names: '{"tasks":{"outer-write":{"path":"outer/write"}}}'
spec:
  pipelineSpec:
    tasks:
    - name: outer-write
      params:
      - name: text
        value: $(params.text)
      taskSpec:
        metadata:
          annotations:
            component-hub.dev/component: starter/write-text@1.0.0
            component-hub.dev/digest: sha256:abc
        steps:
        - name: main
          script: echo $(tasks.never.results.x)
    - name: count
      retries: 2
      timeout: 30s
      onError: continue
      runAfter:
      - outer-write
      - nobody
      params:
      - name: words
        value: $(tasks.outer-write.results.words)
    - name: say
      when:
      - input: $(tasks.count.results.words)
        operator: notin
        values: ["0"]
    finally:
    - name: tell
      params:
      - name: state
        value: $(tasks.say.status)
`;

test("tasks are known by their path, with what they wait for and why", () => {
  const { title, tasks } = readManifest(TEXT);
  assert.equal(title, "Example");
  assert.deepEqual(
    tasks.map((t) => [t.name, t.path, t.finally, [...t.needs]]),
    [
      ["outer-write", "outer/write", false, []],
      ["count", "count", false, [["outer-write", "data"]]],
      ["say", "say", false, [["count", "condition"]]],
      ["tell", "tell", true, [["say", "data"]]],
    ],
  );
});

test("what a task was made from and how it is run is read", () => {
  const [write, count, say] = readManifest(TEXT).tasks;
  assert.deepEqual([write!.component, write!.digest], ["starter/write-text@1.0.0", "sha256:abc"]);
  assert.deepEqual([count!.retries, count!.timeout, count!.goesOn], [2, "30s", true]);
  assert.deepEqual(say!.when, [{ input: "$(tasks.count.results.words)", negated: true, values: ["0"] }]);
});

test("the part of a task stands at the left margin", () => {
  const { tasks } = readManifest(TEXT);
  assert.equal(
    partOf(TEXT, tasks[2]!),
    'name: say\nwhen:\n- input: $(tasks.count.results.words)\n  operator: notin\n  values: ["0"]\n',
  );
});

test("a text that is no manifest has no tasks", () => {
  assert.deepEqual(readManifest("").tasks, []);
  assert.deepEqual(readManifest("spec: [1, {").tasks, []);
});
