import assert from "node:assert/strict";
import { test } from "node:test";
import type { Problem } from "../../net/types.ts";
import { problemsByInput } from "./problems.ts";

const inputs = [{ name: "rows" }, { name: "a: b" }];
const problem = (more: Partial<Problem>): Problem => ({ severity: "error", code: "x", message: "", path: "", ...more });

test("problems that name a parameter go to its field", () => {
  const { byInput, rest } = problemsByInput(
    [
      problem({ message: 'parameter rows: "abc" is not of type Integer' }),
      problem({
        code: "missing_parameter",
        path: "/inputs/1",
        message: 'the input "a: b" has no value',
        hint: "give it",
      }),
    ],
    inputs,
  );
  assert.equal(byInput.get("rows"), '"abc" is not of type Integer.');
  assert.equal(byInput.get("a: b"), 'The input "a: b" has no value. Give it.');
  assert.deepEqual(rest, []);
});

test("other errors are listed and warnings left out", () => {
  const other = problem({ path: "/implementation/graph/tasks/a", message: "no" });
  const { byInput, rest } = problemsByInput(
    [
      other,
      problem({ severity: "warning", message: "parameter rows: odd" }),
      problem({ path: "/inputs/7", code: "bad" }),
    ],
    inputs,
  );
  assert.equal(byInput.size, 0);
  assert.deepEqual(
    rest.map(({ path }) => path),
    ["/implementation/graph/tasks/a", "/inputs/7"],
  );
});
