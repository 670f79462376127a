import assert from "node:assert/strict";
import test from "node:test";
import { family, fits, isFile, isValueType, normalType, whyNot } from "./types.ts";

test("types are folded into one spelling, as the hub does", () => {
  const cases: [unknown, string | null][] = [
    ["string", "String"],
    ["STRING", "String"],
    [" Text ", "String"],
    ["NUMBER_INTEGER", "Integer"],
    ["int", "Integer"],
    ["NUMBER_DOUBLE", "Float"],
    ["Double", "Float"],
    ["Bool", "Boolean"],
    ["LIST", "JsonArray"],
    ["List[str]", "JsonArray"],
    ["typing.List[int]", "JsonArray"],
    ["STRUCT", "JsonObject"],
    ["Dict[str, int]", "JsonObject"],
    ["Any", null],
    ["", null],
    [null, null],
    [undefined, null],
    [[], null],
    [{}, null],
    ["GCSPath", "GCSPath"],
    [{ GCSPath: { data_type: "CSV" } }, "GCSPath"],
    [{ schemaVersion: "0.0.1", schemaTitle: "system.Model" }, "Model"],
    ["system.Dataset@0.0.1", "Dataset"],
    ["model", "Model"],
    ["google.VertexModel@0.0.1", "google.VertexModel"],
    ["List[Dataset]", "List[Dataset]"],
    ["UI metadata", "UI metadata"],
  ];
  for (const [written, normal] of cases) assert.equal(normalType(written), normal, JSON.stringify(written));
});

test("ports fit when nothing is lost", () => {
  const yes = "String>String >Model Model> Integer>Float Integer>String Float>String Boolean>String JsonArray>String";
  const more = "JsonObject>String Dataset>Artifact Artifact>Model GCSPath>String string>STRING Workspace>Workspace";
  const no = "String>Integer Float>Integer String>JsonArray Boolean>Integer Model>Dataset Model>String String>Model";
  const none = "String>Artifact Artifact>String String>GCSPath JsonArray>JsonObject CSV>csv Workspace> >Workspace";
  const folders = "Workspace>Artifact Artifact>Workspace Workspace>String String>Workspace";
  const check = (cases: string, expected: boolean) => {
    for (const one of cases.split(" ")) {
      const [from, to] = one.split(">").map((type) => type || null) as [string | null, string | null];
      assert.equal(fits(from, to), expected, one);
    }
  };
  check(`${yes} ${more}`, true);
  check(`${no} ${none} ${folders}`, false);
});

test("small things are values and circles, the rest are files and squares, what has no type is neither", () => {
  assert.deepEqual(["String", "JsonObject", "Secret"].map(isValueType), [true, true, true]);
  assert.deepEqual(["Model", "CSV", null].map(isValueType), [false, false, false]);
  assert.deepEqual(["Model", "CSV", "String", "Any", null].map(isFile), [true, true, false, false, false]);
});

test("a refused pair of types is explained in one sentence", () => {
  assert.equal(whyNot("String", "Integer"), "A String cannot be used where an Integer is wanted.");
  assert.equal(whyNot("HTML", "Model"), "An HTML cannot be used where a Model is wanted.");
  assert.equal(whyNot("Integer", "Float"), "");
  assert.equal(whyNot(null, "Float"), "");
  assert.equal(whyNot(null, "Workspace"), "A workspace can only be connected to a workspace.");
});

test("each type belongs to the family that gives its colour", () => {
  const cases = {
    String: "text",
    GCSPath: "text",
    int: "number",
    Float: "number",
    Bool: "boolean",
    List: "json",
    JsonObject: "json",
    Dataset: "dataset",
    "google.VertexDataset": "dataset",
    Model: "model",
    "google.VertexModel": "model",
    ClassificationMetrics: "metrics",
    HTML: "artifact",
    CSV: "artifact",
    Any: "any",
  };
  for (const [type, expected] of Object.entries(cases)) assert.equal(family(type), expected, type);
  assert.equal(family(null), "any");
});
