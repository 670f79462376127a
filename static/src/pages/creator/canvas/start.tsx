/* The first minute: three ways to begin, gone with the first task. */
import { type ReactNode, useRef, useState } from "react";
import { readDocument } from "../../../model/document.ts";
import { getContent, listAssets } from "../../../net/hub.ts";
import type { Asset } from "../../../net/types.ts";
import { useResource } from "../../../net/use-resource.ts";
import { Link } from "../../../route/router.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.tsx";
import { actions, useCreator } from "../store.ts";

const SHOWN = 4;

/** Takes a text as the whole pipeline; one step that can be undone. */
function begin(label: string, text: string): void {
  const read = readDocument(text);
  if (!read.editable || read.tasks.size === 0) {
    const [error] = read.errors;
    const why = error ? ` Line ${error.line}: ${error.message}` : " It holds no tasks under implementation: graph.";
    toast(`That is not a pipeline document.${why}`, { tone: "bad" });
    return;
  }
  actions.change(label, (doc) => [{ from: 0, to: doc.text.length, insert: text }]);
  actions.say(label);
  // What was pressed is gone with the cards.
  document.querySelector<HTMLElement>("section.canvas")?.focus();
}

export default function Start() {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) void file.text().then((text) => begin(`Start from ${file.name}`, text));
  };
  return (
    <section
      className="start"
      aria-label="Start a pipeline"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <div className="row">
        <h2 className="grow">Start a pipeline</h2>
        <span className="dim sm">These cards go away with the first task. Undo brings them back.</span>
      </div>
      <div className="starts">
        <Starters />
        <FromFile over={over} take={take} />
        <FromNothing />
      </div>
    </section>
  );
}

function Starters() {
  const starters = useResource("creator starters", (signal) =>
    listAssets({ kind: "pipeline", sort: "used", limit: SHOWN, facets: true }, signal),
  );
  const start = async (asset: Asset) => {
    try {
      const text = await getContent(asset, asset.latest!.version);
      begin(`Start from ${asset.title}`, text);
    } catch (error) {
      toast(`${asset.title} could not be loaded: ${error instanceof Error ? error.message : error}`, { tone: "bad" });
    }
  };
  const total = starters.data?.facets?.kind?.pipeline ?? 0;
  return (
    <Card icon="pipeline" title="From a starter">
      <p className="sm muted lead">A copy to change.</p>
      <div className="list grow">
        <Loaded resource={starters} lines={SHOWN}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="sm muted lead">The catalog holds no pipeline yet.</p>
            ) : (
              items
                .filter((asset) => asset.latest)
                .map((asset) => (
                  <button
                    key={`${asset.namespace}/${asset.name}`}
                    type="button"
                    className="k-pipeline"
                    onClick={() => void start(asset)}
                  >
                    <Icon name="pipeline" />
                    <span className="grow">
                      <span className="cut strong">{asset.title}</span>
                      <span className="dim sm cut">{asset.description}</span>
                    </span>
                  </button>
                ))
            )
          }
        </Loaded>
      </div>
      {total > SHOWN && (
        <p className="foot">
          <Link href="/pipelines/all">All {total} pipelines</Link>
        </p>
      )}
    </Card>
  );
}

function FromFile({ over, take }: { over: boolean; take(files: FileList | null): void }) {
  const input = useRef<HTMLInputElement>(null);
  const paste = async () => {
    try {
      begin("Start from pasted text", await navigator.clipboard.readText());
    } catch {
      toast("The browser did not allow reading the clipboard. Click the canvas and press Ctrl V.", { tone: "bad" });
    }
  };
  return (
    <Card icon="file" title="From a file">
      <div className={`dropz grow ${over ? "over" : ""}`}>
        <Icon name="upload" size={20} />
        <b>
          Drop it here, or{" "}
          <button type="button" className="linklike" onClick={() => input.current?.click()}>
            choose a file
          </button>
        </b>
        <span className="sm muted">
          A pipeline as YAML or JSON: a component whose implementation is a graph of tasks.
        </span>
        <input
          ref={input}
          type="file"
          hidden
          accept=".yaml,.yml,.json"
          aria-label="Pipeline file"
          onChange={(event) => take(event.currentTarget.files)}
        />
      </div>
      <p className="foot">
        <button type="button" className="linklike" onClick={() => void paste()}>
          Paste YAML
        </button>
      </p>
    </Card>
  );
}

function FromNothing() {
  const input = useCreator((creator) => creator.document.inputs[0]);
  return (
    <Card icon="draft" title="From nothing" badge={`${input ? 1 : 0} of 3`}>
      <ol className="start-steps grow">
        <Step n={1} state={input ? "done" : "now"} title="Say what goes in">
          {input ? (
            <>
              <span className="mono">{input.name}</span> is an input of the pipeline.
            </>
          ) : (
            <>Add an input of the pipeline in the settings on the right, or leave it for later.</>
          )}
        </Step>
        <Step n={2} state={input ? "now" : ""} title="Add a task">
          Drag one from the palette, or press <kbd>Enter</kbd> on it. <kbd>P</kbd> goes there.
        </Step>
        <Step n={3} state="" title="Connect and launch">
          Join ports of one colour and shape. <kbd>Ctrl Enter</kbd> launches.
        </Step>
      </ol>
    </Card>
  );
}

function Step({ n, state, title, children }: { n: number; state: string; title: string; children: ReactNode }) {
  return (
    <li>
      <span className={`stepn ${state}`}>{state === "done" ? <Icon name="check" size={12} /> : n}</span>
      <span className="grow">
        <b>{title}</b>
        <span className="sm muted">{children}</span>
      </span>
    </li>
  );
}

function Card({ icon, title, badge, children }: { icon: string; title: string; badge?: string; children: ReactNode }) {
  return (
    <section className="panel">
      <header>
        <Icon name={icon} /> {title}
        {badge && (
          <>
            <span className="grow" />
            <span className="badge acc num">{badge}</span>
          </>
        )}
      </header>
      {children}
    </section>
  );
}
