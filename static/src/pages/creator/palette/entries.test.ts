import assert from "node:assert/strict";
import test from "node:test";
import { applyChanges, readDocument } from "../../../model/document.ts";
import { splitPorts } from "../canvas/ports.ts";
import { type Entry, fitsFor, joining } from "./entries.ts";

const port = (name: string, type: string | null) => ({ name, type, optional: false, default: null, description: null });

function entry(
  title: string,
  used: number,
  inputs: [string, string | null][],
  outputs: [string, string | null][] = [],
): Entry {
  return {
    key: `n/${title}@1`,
    kind: "component",
    title,
    interface: { inputs: inputs.map((p) => port(...p)), outputs: outputs.map((p) => port(...p)) },
    provider: "n",
    version: "1",
    deprecated: false,
    used,
  };
}

const from = { side: "from", end: { task: "a", port: "rows" } } as const;

test("exact types come first, then what is used most, deprecated ones last", () => {
  const entries = [
    entry("text", 9, [["t", "String"]]),
    entry("rare", 1, [["n", "Integer"]]),
    entry("usual", 5, [
      ["x", "Dataset"],
      ["n", "Integer"],
    ]),
    { ...entry("old", 99, [["n", "Integer"]]), deprecated: true },
    entry("other", 7, [["d", "Dataset"]]),
  ];
  const fits = fitsFor({ port: from, type: "Integer" }, entries);
  assert.deepEqual(
    fits.map(({ entry, port }) => `${entry.title} ${port.name}`),
    ["usual n", "rare n", "text t", "old n"],
  );
});

test("a task is joined to an output by an argument of its own", () => {
  const { args, rest } = joining({ port: from }, port("n", "Integer"));
  assert.deepEqual([...args], [["n", { kind: "output", task: "a", output: "rows" }]]);
  assert.deepEqual(rest(readDocument("name: x\n"), "b"), []);
});

test("a task is joined to an input by an argument of the other task", () => {
  const doc = readDocument(
    "name: x\nimplementation:\n  graph:\n    tasks:\n      b:\n        componentRef: {name: c}\n",
  );
  const { args, rest } = joining({ port: { side: "to", end: { task: "b", port: "table" } } }, port("out", null));
  assert.equal(args.size, 0);
  const after = applyChanges(doc, rest(doc, "a"));
  assert.deepEqual(after.tasks.get("b")?.arguments.get("table"), { kind: "output", task: "a", output: "out" });
});

test("a connection is split only by what takes the one type and gives the other", () => {
  const filter = entry(
    "filter",
    0,
    [
      ["name", "String"],
      ["table", "Dataset"],
    ],
    [["kept", "Dataset"]],
  );
  const split = splitPorts(filter.interface, "Dataset", "Dataset");
  assert.equal(split?.input.name, "table");
  assert.equal(split?.output.name, "kept");
  assert.equal(splitPorts(filter.interface, "Dataset", "Model"), null);
});
