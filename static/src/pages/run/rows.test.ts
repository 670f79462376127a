import assert from "node:assert/strict";
import test from "node:test";
import type { FullTask } from "../../features/runs/run.ts";
import type { Run, State } from "../../net/types.ts";
import type { ManifestTask } from "./part.ts";
import { edgesOf, mostTelling, rowsOf, secondLine, whySkipped } from "./rows.ts";

const task = (name: string, state: State, more: Partial<FullTask> = {}): FullTask => ({
  name,
  tekton_name: name.replace("/", "-"),
  state,
  ...more,
});
const plan = (name: string, needs: [string, "data" | "order" | "condition"][] = [], more: Partial<ManifestTask> = {}) =>
  ({
    name,
    path: name,
    finally: false,
    needs: new Map(needs),
    when: [],
    retries: 0,
    timeout: null,
    ...more,
  }) as ManifestTask;
const run = { parameters: { mode: "silent" } } as unknown as Run;
const byId = (rows: ReturnType<typeof rowsOf>) => new Map(rows.map((r) => [r.id, r]));

test("tasks come in run order, exit handlers last", () => {
  const rows = rowsOf(
    [task("end", "pending"), task("b", "pending"), task("a", "pending")],
    [plan("end", [], { finally: true }), plan("b", [["a", "data"]]), plan("a")],
  );
  assert.deepEqual(
    rows.map((r) => r.id),
    ["a", "b", "end"],
  );
});

test("iterations are one row, whose state is the one that matters most", () => {
  const rows = rowsOf(
    [task("a", "succeeded", { matrix: 1 }), task("a", "failed", { matrix: 0 }), task("a", "running", { matrix: 2 })],
    [],
  );
  assert.equal(rows.length, 1);
  assert.equal(rows[0]!.state, "failed");
  assert.deepEqual(
    rows[0]!.iterations.map((t) => t.matrix),
    [0, 1, 2],
  );
  assert.equal(secondLine(rows[0]!, byId(rows), run, 0), "2 of 3 done");
});

test("an edge is live while its task runs, dashed while nothing has come, plain afterwards", () => {
  const plans = [plan("a"), plan("b", [["a", "data"]]), plan("c", [["b", "data"]])];
  const looks = (a: State, b: State, c: State) =>
    edgesOf(rowsOf([task("a", a), task("b", b), task("c", c)], plans)).map((e) => e.look);
  assert.deepEqual(looks("running", "pending", "pending"), ["live", "waiting"]);
  assert.deepEqual(looks("succeeded", "running", "pending"), ["plain", "live"]);
  assert.deepEqual(looks("succeeded", "succeeded", "succeeded"), ["plain", "plain"]);
});

test("a task that waits says for what", () => {
  const rows = rowsOf([task("a", "running"), task("b", "pending")], [plan("a"), plan("b", [["a", "data"]])]);
  assert.equal(secondLine(rows[1]!, byId(rows), run, 0), "waits for a");
});

test("a skipped task says which value was not the wanted one", () => {
  const when = [{ input: "$(params.mode)", negated: false, values: ["verbose"] }];
  const rows = rowsOf([task("a", "skipped", { reason: "WhenExpressionsSkip" })], [plan("a", [], { when })]);
  assert.deepEqual(whySkipped(rows[0]!, byId(rows), run), {
    short: "mode is silent",
    long: "It was skipped because mode is silent; it runs only if it is verbose.",
  });
});

test("the task that stopped the run comes before one whose failure was ignored", () => {
  const rows = rowsOf(
    [
      task("a", "failed", { reason: "FailureIgnored" }),
      task("b", "failed", { reason: "Failed" }),
      task("c", "skipped"),
    ],
    [],
  );
  assert.equal(mostTelling(rows)?.id, "b");
  assert.equal(mostTelling(rowsOf([task("a", "succeeded")], [])), null);
});
