/** Publishes the document as a version of a pipeline, after the hub has said what that would be. */
import { useEffect, useRef, useState } from "react";
import { explainRefusal, mayChange } from "../../../features/sign-in.tsx";
import { getAsset, publish } from "../../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../../net/request.ts";
import type { Version } from "../../../net/types.ts";
import { useResource } from "../../../net/use-resource.ts";
import { assetPlace } from "../../../route/places.ts";
import { Badge, Button, Digest, Field, LinkButton } from "../../../ui/controls.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Skeleton } from "../../../ui/states.tsx";
import { placed } from "../problems/problem.ts";
import { sentenceOf } from "../problems/sentence.ts";
import { useCreator } from "../store.ts";
import { verdictOf } from "./verdict.ts";

interface Wanted {
  namespace: string;
  /** "": the hub makes one from the title */
  name: string;
  /** "": the hub proposes the next one */
  version: string;
}

const PAUSE = 400;
const file = (text: string) => new File([text], "pipeline.yaml", { type: "application/yaml" });
const optionsOf = ({ namespace, name, version }: Wanted) => ({
  kind: "pipeline" as const,
  namespace: namespace.trim() || undefined,
  name: name.trim() || undefined,
  version: version.trim() || undefined,
});

/** What publishing would do, asked again after each change of the fields. */
function useDryRun(text: string, wanted: Wanted) {
  const [plan, setPlan] = useState<Version>();
  const [error, setError] = useState<ApiError>();
  const [asking, setAsking] = useState(true);
  const [turn, setTurn] = useState(0);
  const { namespace, name, version } = wanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks once more
  useEffect(() => {
    const controller = new AbortController();
    setAsking(true);
    const ask = () =>
      publish(
        file(text),
        { ...optionsOf({ namespace, name, version }), dry_run: true },
        undefined,
        controller.signal,
      ).then(
        (answer) => {
          setPlan(answer);
          setError(undefined);
          setAsking(false);
        },
        (cause) => {
          if (controller.signal.aborted) return;
          setError(cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause)));
          setAsking(false);
        },
      );
    const timer = setTimeout(ask, plan || error ? PAUSE : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, namespace, name, version, turn]);
  return { plan, error, asking, again: () => setTurn((n) => n + 1) };
}

interface PublishDialogProps {
  basedOn: { namespace: string; name: string } | null;
  onPublished(version: Version): void;
  onClose(): void;
}

export function PublishDialog({ basedOn, onPublished, onClose }: PublishDialogProps) {
  const text = useCreator((creator) => creator.text);
  const [wanted, setWanted] = useState<Wanted>({ namespace: "", name: "", version: "" });
  const { plan, error, asking, again } = useDryRun(text, wanted);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<ApiError>();
  const [published, setPublished] = useState<Version>();
  const verdict = useRef<HTMLDivElement>(null);
  const attempt = useRef({ content: "", key: "" });
  const submit = async () => {
    if (busy || asking) return;
    if (error || !plan) return verdict.current?.focus();
    if (!mayChange("publish", () => void submit())) return;
    setBusy(true);
    setRefused(undefined);
    // What is published is what was shown: name and version of the dry run.
    const options = { kind: "pipeline" as const, namespace: plan.namespace, name: plan.name, version: plan.version };
    const content = JSON.stringify([text, options]);
    if (attempt.current.content !== content) attempt.current = { content, key: idempotencyKey() };
    try {
      const version = await publish(file(text), options, attempt.current.key);
      setPublished(version);
      onPublished(version);
    } catch (cause) {
      if (explainRefusal(cause, "publish", () => void submit())) return;
      setRefused(cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause)));
    } finally {
      setBusy(false);
    }
  };
  if (published) return <Published version={published} onClose={onClose} />;
  const change = (some: Partial<Wanted>) => setWanted({ ...wanted, ...some });
  const shown = refused ?? error;
  return (
    <Dialog
      title="Publish a version"
      onClose={onClose}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" icon="upload" busy={busy}>
            Publish a version
          </Button>
        </>
      }
    >
      <Field label="Name" help="Lower case, digits and dashes: people and pipelines refer to it.">
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            className="input"
            spellCheck={false}
            autoComplete="off"
            placeholder={plan?.name ?? "made from the title"}
            value={wanted.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="publish-two">
        <Field label="Namespace">
          {({ id }) => (
            <input
              id={id}
              className="input"
              spellCheck={false}
              placeholder={plan?.namespace ?? "default"}
              value={wanted.namespace}
              onChange={(event) => change({ namespace: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Version">
          {({ id }) => (
            <input
              id={id}
              className="input"
              spellCheck={false}
              placeholder={plan?.version ?? "the next one"}
              value={wanted.version}
              onChange={(event) => change({ version: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      {basedOn && !wanted.name && (
        <p className="help">
          <Button size="s" look="quiet" onClick={() => change(basedOn)}>
            Publish as a version of {basedOn.namespace}/{basedOn.name}
          </Button>
        </p>
      )}
      <div ref={verdict} tabIndex={-1} className="publish-verdict" aria-live="polite" aria-busy={asking}>
        {shown ? (
          <Refused error={shown} change={change} again={again} />
        ) : plan ? (
          <Plan plan={plan} proposed={!wanted.version.trim()} />
        ) : (
          <Skeleton />
        )}
      </div>
    </Dialog>
  );
}

function Plan({ plan, proposed }: { plan: Version; proposed: boolean }) {
  const asset = useResource(`publish ${plan.namespace}/${plan.name}`, (signal) =>
    getAsset({ namespace: plan.namespace, kind: "pipeline", name: plan.name }, signal),
  );
  const isNew = asset.error?.status === 404;
  const latest = asset.data?.value.latest;
  const document = useCreator((creator) => creator.document);
  const verdict =
    !isNew && proposed && latest ? verdictOf(latest.version, plan.version, latest.digest === plan.digest) : null;
  return (
    <>
      <p className="row wrap">
        <b>
          {plan.namespace}/{plan.name} {plan.version}
        </b>
        {isNew && <Badge tone="acc">New</Badge>}
        {verdict && <Badge tone={verdict.tone}>{verdict.word}</Badge>}
        <Digest digest={plan.digest} />
      </p>
      <p className="dim">
        {isNew
          ? "There is no pipeline of this name yet; this is its first version."
          : (verdict?.sentence ?? "Versions never change once they are published.")}
      </p>
      <Problems problems={placed(plan.problems ?? [], document)} />
    </>
  );
}

function Problems({ problems }: { problems: ReturnType<typeof placed> }) {
  if (problems.length === 0) return null;
  return (
    <ul className="publish-problems">
      {problems.map((problem) => (
        <li key={`${problem.code} ${problem.path} ${problem.message}`}>
          <span className={problem.severity === "error" ? "sev-e" : "sev-w"}>
            <Icon name={problem.severity === "error" ? "error" : "warn"} size={12} />
          </span>
          <span>
            {sentenceOf(problem)
              .map((piece) => piece.text)
              .join("")}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface RefusedProps {
  error: ApiError;
  change(some: Partial<Wanted>): void;
  again(): void;
}

function Refused({ error, change, again }: RefusedProps) {
  const document = useCreator((creator) => creator.document);
  const taken = error.code === "name_taken" ? /^([^/\s]+)\/pipeline\/(\S+)/.exec(error.message) : null;
  return (
    <div role="alert">
      <p>
        <b>{taken ? "That name is taken." : "It cannot be published like this."}</b>{" "}
        {taken
          ? "A pipeline of this name has other inputs or outputs. Type another name, or publish this as its next version."
          : `${error.message} ${error.hint ?? ""}`}
      </p>
      {taken && (
        <Button size="s" onClick={() => change({ namespace: taken[1] ?? "", name: taken[2] ?? "" })}>
          Publish as a version of {taken[2]}
        </Button>
      )}
      {error.status === 401 && <p className="help">Sign in first; nothing that was typed is lost.</p>}
      {error.retryable && (
        <Button size="s" icon="retry" onClick={again}>
          Try again
        </Button>
      )}
      <Problems problems={placed(error.problems, document)} />
    </div>
  );
}

function Published({ version, onClose }: { version: Version; onClose(): void }) {
  return (
    <Dialog
      title="Published"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Go on editing</Button>
          <LinkButton look="primary" href={assetPlace(version, version.version)}>
            Show the pipeline
          </LinkButton>
        </>
      }
    >
      <p>
        <b>
          {version.namespace}/{version.name} {version.version}
        </b>{" "}
        is in the catalog. Others can run it, and use it as one task of their pipelines.
      </p>
    </Dialog>
  );
}
