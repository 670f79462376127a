/** What stands beside the tasks while none is chosen: the run as a whole, and the document that it runs. */
import { Code } from "../../features/code/lazy-code.tsx";
import type { FullRun } from "../../features/runs/run.ts";
import { CopyButton, LinkButton, Tabs } from "../../ui/controls.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { RunFate } from "./run-fate.tsx";
import { RunSummary } from "./run-summary.tsx";

interface PaneProps {
  run: FullRun;
  manifest: string | null;
  now: number;
  tab: "values" | "yaml";
  onTab(tab: "values" | "yaml"): void;
}

export function RunPane({ run, manifest, now, tab, onTab }: PaneProps) {
  return (
    <aside className="drawer whole" aria-label="Run">
      <RunFate run={run} />
      <Tabs
        label="Run"
        tabs={[
          { id: "values", label: "Results & parameters" },
          { id: "yaml", label: "Manifest" },
        ]}
        value={tab}
        onChange={(id) => onTab(id as "values" | "yaml")}
      >
        {tab === "values" ? (
          <RunSummary run={run} now={now} />
        ) : manifest === null ? (
          <div className="in">
            <Skeleton lines={8} />
          </div>
        ) : (
          <>
            <div className="logbar">
              <span className="grow dim sm">The Tekton document that this run was compiled to</span>
              <CopyButton text={manifest} />
              <LinkButton
                look="quiet"
                size="s"
                icon="download"
                href={`/api/v1/runs/${run.id}/manifest`}
                download={`${run.name}.yaml`}
              >
                Download
              </LinkButton>
            </div>
            <Code text={manifest} language="yaml" label={`Manifest of ${run.name}`} />
          </>
        )}
      </Tabs>
    </aside>
  );
}
