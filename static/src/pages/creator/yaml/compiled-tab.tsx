/** What the document compiles to, kept up to date while it is in sight. */
import { useEffect, useState } from "react";
import { Code } from "../../../features/code/lazy-code.tsx";
import { onRecovered } from "../../../net/connection.ts";
import { compile } from "../../../net/hub.ts";
import { ApiError } from "../../../net/request.ts";
import type { Compiled } from "../../../net/types.ts";
import { Button, CopyButton } from "../../../ui/controls.tsx";
import { download, fileName } from "../../../ui/download.ts";
import { bytes, counted } from "../../../ui/format.ts";
import { Failure, Skeleton } from "../../../ui/states.tsx";
import { placed } from "../problems/problem.ts";
import { sentenceOf } from "../problems/sentence.ts";
import { actions, useCreator } from "../store.ts";

const PAUSE = 400;

interface Result {
  compiled: Compiled | null;
  error: ApiError | null;
}

/** The newest answer stays while the next one is on its way. */
function useCompiled(text: string): Result {
  const [result, setResult] = useState<Result>({ compiled: null, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => onRecovered(() => setTurn((n) => n + 1)), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks once more
  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      compile({ document: text }, controller.signal).then(
        (compiled) => setResult({ compiled, error: null }),
        (error) => {
          if (controller.signal.aborted) return;
          const known = error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
          setResult((before) => ({ compiled: known.retryable ? before.compiled : null, error: known }));
        },
      );
    const timer = setTimeout(ask, result.compiled || result.error ? PAUSE : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, turn]);
  return result;
}

export function CompiledTab() {
  const text = useCreator((creator) => creator.text);
  const title = useCreator((creator) => creator.draft.title);
  const { compiled, error } = useCompiled(text);
  const name = fileName(title, "pipelinerun");
  if (error && !compiled) return error.problems.length ? <NotCompiled error={error} /> : <Failure error={error} />;
  if (!compiled) return <Skeleton lines={8} />;
  return (
    <>
      <div className="yaml-acts">
        <span className="dim grow cut" title={name}>
          PipelineRun · {bytes(new Blob([compiled.manifest]).size)}
        </span>
        <CopyButton text={compiled.manifest} />
        <Button size="s" icon="download" onClick={() => download(name, compiled.manifest)}>
          Download
        </Button>
      </div>
      <Code text={compiled.manifest} language="yaml" label="Compiled Tekton PipelineRun" />
      <p className="yaml-foot">
        To run it on a cluster with Tekton: <code>kubectl create -f {name}</code>
      </p>
    </>
  );
}

function NotCompiled({ error }: { error: ApiError }) {
  const document = useCreator((creator) => creator.document);
  const problems = placed(error.problems, document).filter((problem) => problem.severity === "error");
  return (
    <div className="not-compiled" role="alert">
      <p>
        <b>It does not compile yet.</b> {counted(problems.length, "error")} to solve first:
      </p>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.code} ${problem.path} ${problem.message}`}>
            <button
              type="button"
              className="btn quiet s"
              disabled={problem.task === null}
              onClick={() => {
                if (problem.task === null) return;
                actions.select({ kind: "tasks", ids: new Set([problem.task]) });
                actions.focusTask(problem.task);
              }}
            >
              {sentenceOf(problem)
                .map((piece) => piece.text)
                .join("")}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
