import assert from "node:assert/strict";
import { test } from "node:test";
import { fault, fieldKind, readBoolean, shownDefault, typedValue, valueText } from "./values.ts";

test("the kind of field follows the type, however it is spelled", () => {
  assert.equal(fieldKind("Integer"), "number");
  assert.equal(fieldKind("int"), "number");
  assert.equal(fieldKind("NUMBER_DOUBLE"), "number");
  assert.equal(fieldKind("bool"), "boolean");
  assert.equal(fieldKind("List[str]"), "json");
  assert.equal(fieldKind("Dict"), "json");
  assert.equal(fieldKind("URI"), "text");
  assert.equal(fieldKind(null), "text");
  assert.equal(fieldKind(undefined), "text");
});

test("whole numbers have digits only", () => {
  for (const text of ["0", "-12", "+7", "90071992547409930"]) assert.equal(fault(text, "Integer"), null, text);
  for (const text of ["", "abc", "1.5", "1e3", " 1", "-"])
    assert.match(fault(text, "Integer") ?? "", /whole number/, text);
});

test("numbers may have a point, an exponent, or be infinite", () => {
  for (const text of ["1", "-0.5", ".5", "5.", "1e-3", "2E+10", "inf", "-Infinity", "NaN"])
    assert.equal(fault(text, "Float"), null, text);
  for (const text of ["", ".", "1e", "1e-3x", "1,5", "one"]) assert.match(fault(text, "Float") ?? "", /number/, text);
});

test("booleans are the words that KFP takes", () => {
  for (const text of ["true", "False", "YES", "n", "on", "0"]) assert.equal(fault(text, "Boolean"), null, text);
  assert.match(fault("maybe", "Boolean") ?? "", /true nor false/);
  assert.equal(readBoolean("Yes"), true);
  assert.equal(readBoolean("0"), false);
  assert.equal(readBoolean("maybe"), null);
});

test("lists and objects must be JSON of that shape", () => {
  assert.equal(fault('["a"]', "List"), null);
  assert.equal(fault(" [] ", "JsonArray"), null);
  assert.equal(fault('{"a": 1}', "Dict"), null);
  assert.match(fault("{}", "JsonArray") ?? "", /not a list/);
  assert.match(fault("[]", "JsonObject") ?? "", /not an object/);
  assert.match(fault("null", "JsonObject") ?? "", /not an object/);
  assert.match(fault("{a: 1}", "JsonObject") ?? "", /cannot be read as JSON/);
});

test("every text is a text, and what a file holds is not judged", () => {
  assert.equal(fault("", "String"), null);
  assert.equal(fault("anything", "Dataset"), null);
  assert.equal(fault("anything", null), null);
});

test("an emptied field is not set, but the empty text in place of a default text", () => {
  assert.equal(typedValue("", "Integer", "3"), null);
  assert.equal(typedValue("", "String", null), null);
  assert.equal(typedValue("", "String", ""), null);
  assert.equal(typedValue("", "String", "hello"), "");
  assert.equal(typedValue("x", "Integer", "3"), "x");
});

test("values of any JSON type become the text that a program receives", () => {
  assert.equal(valueText(null), null);
  assert.equal(valueText(undefined), null);
  assert.equal(valueText("a"), "a");
  assert.equal(valueText(3), "3");
  assert.equal(valueText(false), "false");
  assert.equal(valueText([1, "a"]), '[1,"a"]');
});

test("a default that cannot be seen is quoted", () => {
  assert.equal(shownDefault("label"), "label");
  assert.equal(shownDefault(" "), '" "');
  assert.equal(shownDefault(""), "empty text");
});
