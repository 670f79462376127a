/** Problems of a document, each with the task it is about. */
import type { PipelineDocument } from "../../../model/document.ts";
import { lineOf, taskOfPointer } from "../../../model/document.ts";
import type { Problem as WireProblem } from "../../../net/types.ts";

export interface Problem extends WireProblem {
  /** null: about the pipeline itself */
  task: string | null;
}

const RANK = { error: 0, warning: 1, info: 2 };

/** With task and line, the worst first; those of tasks that are gone in the meantime are left out. */
export function placed(problems: readonly WireProblem[], document: PipelineDocument): Problem[] {
  const there = problems.flatMap((problem) => {
    const named = taskOfPointer(problem.path);
    if (named !== null && !document.tasks.has(named)) return [];
    return [{ ...problem, task: named, line: problem.line ?? lineOf(document, problem.path) }];
  });
  return there.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** What cannot be read at all. */
export const unreadable = (document: PipelineDocument): Problem[] =>
  document.errors.map(({ message, line, column }) => ({
    severity: "error",
    code: "unreadable",
    message: /[.!?]$/.test(message) ? message : `${message}.`,
    path: "",
    line,
    column,
    task: null,
  }));

export const countOf = (problems: readonly Problem[], severity: Problem["severity"]) =>
  problems.filter((problem) => problem.severity === severity).length;
