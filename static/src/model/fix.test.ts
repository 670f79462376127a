import assert from "node:assert/strict";
import { test } from "node:test";
import { applyFix } from "./fix.ts";

const PIPELINE = `# first
apiVersion: tekton.dev/v1
kind: Pipeline # a comment
spec:
  tasks:
    - name: a
      params:
        - name: x # stays
          value: 1
        - {name: z, value: "2"} # goes
---
# second
spec:
  tasks:
    - name: b
      workspaces:
        - name: w
      taskRef: {name: t}
`;

test("what is removed takes its line along, and comments elsewhere stay", () => {
  const fixed = applyFix(PIPELINE, 10, 11, [{ op: "remove", path: "/spec/tasks/0/params/1" }]);
  assert.equal(fixed, PIPELINE.replace(`        - {name: z, value: "2"} # goes\n`, ""));
});

test("the document is the one that the place is in, and a list that is empty then goes as well", () => {
  const fixed = applyFix(PIPELINE, 17, 11, [{ op: "remove", path: "/spec/tasks/0/workspaces/0" }]);
  assert.equal(fixed, PIPELINE.replace("      workspaces:\n        - name: w\n", ""));
});

test("the only entry of a flow list goes", () => {
  const text = "spec: {taskRef: {name: t}, params: [{name: a, value: b}]}\n";
  assert.equal(applyFix(text, 1, 1, [{ op: "remove", path: "/spec/params/0" }]), "spec: {taskRef: {name: t}}\n");
});

test("of a whole new object only what differs is written", () => {
  const before = `kind: Task # b
apiVersion: tekton.dev/v1beta1 # why
spec:
  steps:
    - image: "1.5" # image
      resources: {limits: {cpu: 1}} # limits
      script: |
        echo
`;
  const value = {
    apiVersion: "tekton.dev/v1",
    kind: "Task",
    spec: { steps: [{ image: "1.5", script: "echo\n", computeResources: { limits: { cpu: 1 } } }] },
  };
  const fixed = applyFix(`a: 1\n---\n${before}`, 4, 13, [{ op: "replace", path: "", value }]);
  assert.equal(
    fixed,
    `a: 1
---
kind: Task # b
apiVersion: tekton.dev/v1 # why
spec:
  steps:
    - image: "1.5" # image
      script: |
        echo
      computeResources:
        limits:
          cpu: 1
`,
  );
});

test("JSON stays JSON", () => {
  const text = '{"apiVersion": "tekton.dev/v1beta1",\n "kind": "Task"}';
  const value = { apiVersion: "tekton.dev/v1", kind: "Task" };
  assert.equal(applyFix(text, 1, 16, [{ op: "replace", path: "", value }]), text.replace("v1beta1", "v1"));
});

test("what does not fit the text changes nothing", () => {
  for (const path of ["/spec/tasks/7", "/nothing/here"])
    assert.equal(applyFix(PIPELINE, 10, 11, [{ op: "remove", path }]), null);
  assert.equal(applyFix("a: [", 1, 1, [{ op: "remove", path: "/a" }]), null);
  assert.equal(applyFix("", 1, 1, [{ op: "remove", path: "/a" }]), null);
});
