import assert from "node:assert/strict";
import test from "node:test";
import { parseDocument } from "yaml";
import { ambiguous, oneLine } from "./scalar.ts";
import { blockText, entryLines, flowText, mapOf } from "./write.ts";

const MEAN = [
  "1",
  "-1",
  "+1",
  "1_000",
  "0x1F",
  "0b1",
  "1e3",
  ".5",
  "1.",
  "1:20",
  "0777",
  "08",
  ".inf",
  "-.inf",
  ".NaN",
];
const WORDS = ["no", "y", "N", "Off", "NULL", "~", "null", "True", "=", "<<", "", "2020-01-01", "2020-01-01T00:00:00Z"];
const PLAIN = [
  "a",
  "plain text",
  "a#b",
  "it's",
  "1,000",
  "a:b",
  "v1.2.3",
  "1.2.3",
  "nothing",
  "yes!",
  "2m",
  "é",
  "日本語",
];
const OTHER = [
  "a: b",
  "a:",
  "# x",
  "a #b",
  " x",
  "x ",
  "- a",
  "?",
  "*a",
  "&a",
  "!t",
  "%d",
  "@x",
  "`x",
  "|",
  ">",
  "---",
  "...",
];
const LINES = [
  "two\nlines\n",
  "x\ny",
  "x\n\ny",
  "x\n\n",
  " x\ny",
  "\nx",
  "x\n ",
  "a\tb",
  "a\r\nb",
  "\u0007",
  "a\u2028b",
  "\ufeff",
  "\u0085",
];

test("what any reader takes for something else than a text is quoted, the rest is not", () => {
  for (const text of [...MEAN, ...WORDS]) {
    assert.ok(ambiguous(text), text);
    assert.equal(oneLine(text, false), `'${text}'`);
  }
  for (const text of PLAIN) assert.equal(oneLine(text, false), text);
  for (const text of [...OTHER, ...LINES]) assert.match(oneLine(text, false), /^(['"]).*\1$/);
});

test("every text reads back as it was, in block style, in flow style and as JSON", () => {
  for (const text of [...MEAN, ...WORDS, ...PLAIN, ...OTHER, ...LINES, 'q"', "{}", "[a, b]", "a, b", "\\n", "😀"]) {
    const value = mapOf({ key: text, [text]: [text] });
    for (const written of [[...value].flatMap(entryLines).join("\n"), flowText(value, false), flowText(value, true)]) {
      for (const version of ["1.1", "1.2"] as const) {
        const document = parseDocument(`${written}\n`, { version });
        assert.deepEqual(document.errors, [], written);
        assert.deepEqual(document.toJS(), { key: text, [text]: [text] }, written);
      }
    }
  }
});

test("a text of several lines becomes a literal block where that reads back the same", () => {
  assert.deepEqual(blockText("two\n\nlines\n"), { head: "|", lines: ["  two", "", "  lines"] });
  assert.deepEqual(blockText("two\nlines"), { head: "|-", lines: ["  two", "  lines"] });
  assert.deepEqual(blockText(" two\nlines"), { head: '" two\\nlines"', lines: [] });
});
