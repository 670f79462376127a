/** Each object of the texts with Tekton's verdict on it. */
import type { LintedDocument } from "../../net/types.ts";
import { Badge } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Failure } from "../../ui/states.tsx";
import type { Source } from "./sources.ts";
import type { Look } from "./use-look.ts";

const VERDICTS: Record<
  LintedDocument["verdict"],
  { word: string; tone: "ok" | "bad" | ""; icon: string; means: string }
> = {
  accepted: { word: "Accepted", tone: "ok", icon: "check", means: "Tekton takes it as it is." },
  refused: { word: "Refused", tone: "bad", icon: "error", means: "Tekton's admission check turns it away." },
  undecodable: {
    word: "Undecodable",
    tone: "bad",
    icon: "error",
    means: "A field is not known or has the wrong type, so Tekton cannot even read it.",
  },
  not_checked: { word: "Not checked", tone: "", icon: "minus", means: "It is no object of Tekton's." },
};
const KIND_ICONS: Record<string, string> = {
  Pipeline: "pipeline",
  Task: "component",
  ClusterTask: "component",
  StepAction: "component",
  PipelineRun: "run",
  TaskRun: "run",
  CustomRun: "run",
};

interface Props {
  sources: readonly Source[];
  looks: ReadonlyMap<number, Look>;
  current: number;
  show(source: Source, line: number): void;
}

export function Documents({ sources, looks, current, show }: Props) {
  const total = [...looks.values()].reduce((n, look) => n + (look.answer?.documents.length ?? 0), 0);
  return (
    <section className="panel lint-documents" aria-label="Documents">
      <header>
        <h2>Documents</h2>
        {total > 0 && <span className="dim num sm">{total.toLocaleString("en")}</span>}
      </header>
      {sources.map((source) => (
        <div key={source.id} className="lint-file">
          {sources.length > 1 && (
            <button
              type="button"
              className="lint-name"
              aria-current={source.id === current ? "true" : undefined}
              onClick={() => show(source, 0)}
            >
              <Icon name="file" />
              <span className="cut">{source.name}</span>
            </button>
          )}
          <OfOne source={source} look={looks.get(source.id)} show={show} />
        </div>
      ))}
    </section>
  );
}

/** So many are listed at once. */
const MOST = 100;

function OfOne({ source, look, show }: { source: Source; look: Look | undefined; show: Props["show"] }) {
  if (!look || source.text === "") return <p className="lint-none dim">Nothing to check yet.</p>;
  if (!look.answer) {
    if (look.error) return <Failure error={look.error} retry={look.again} />;
    return <p className="lint-none dim">Checking</p>;
  }
  const { documents, unreadable } = look.answer;
  if (unreadable) return <p className="lint-none">It cannot be read, so no document of it was checked.</p>;
  if (documents.length === 0) return <p className="lint-none dim">There is no document in this text.</p>;
  return (
    <>
      {look.error && <p className="lint-none dim">These are from before: the newest text is not checked yet.</p>}
      <ul>
        {documents.slice(0, MOST).map((each) => (
          <li key={each.index}>
            <Row document={each} onClick={() => show(source, each.line)} />
          </li>
        ))}
      </ul>
      {documents.length > MOST && (
        <p className="lint-none dim">and {counted(documents.length - MOST, "more document")}</p>
      )}
    </>
  );
}

function Row({ document, onClick }: { document: LintedDocument; onClick(): void }) {
  const { word, tone, icon, means } = VERDICTS[document.verdict];
  const kindIcon = KIND_ICONS[document.kind] ?? "file";
  return (
    <button type="button" className="lint-document" onClick={onClick}>
      <span className={`kind k-${kindIcon}`}>
        <Icon name={kindIcon} />
      </span>
      <span className="grow">
        <b className="cut">{document.name || "Without a name"}</b>
        <span className="dim xs cut">
          {document.kind || "Without a kind"}
          {document.line > 0 && ` · line ${document.line}`}
        </span>
      </span>
      <Badge tone={tone} icon={icon} title={means}>
        {word}
      </Badge>
    </button>
  );
}

/** What the verdicts mean, while there is none. */
export const Explained = () => (
  <section className="panel lint-explained" aria-label="What the verdicts mean">
    <header>
      <h2>What it says</h2>
    </header>
    <dl>
      {Object.values(VERDICTS).map(({ word, tone, icon, means }) => (
        <div key={word}>
          <dt>
            <Badge tone={tone} icon={icon}>
              {word}
            </Badge>
          </dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
    <p className="sm muted">
      The rules and the words are those of Tekton Pipelines 1.15, at the gate of API fields that is chosen above. No
      cluster is asked. The same on the command line: <code>component-hub lint FILE</code>
    </p>
  </section>
);
