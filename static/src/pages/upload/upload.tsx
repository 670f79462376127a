/** Publishing: files are checked as they come, shown with what is wrong at its line, named, and published. */
import { useCallback, useEffect, useState } from "react";
import { DropOverlay } from "../../features/drop-overlay.tsx";
import { explainRefusal, mayChange, SignInNotice } from "../../features/sign-in.tsx";
import { ApiError } from "../../net/request.ts";
import type { Version } from "../../net/types.ts";
import { forget } from "../../net/use-resource.ts";
import { assetPlace } from "../../route/places.ts";
import { guardLeaving, navigate, useQuery, useTitle } from "../../route/router.tsx";
import { Button } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { toast } from "../../ui/toast.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { CheckPanel } from "./check-panel.tsx";
import { Intake } from "./intake.tsx";
import { ItemCard } from "./item-card.tsx";
import { ItemFields } from "./item-fields.tsx";
import { readKind } from "./items.ts";
import { type Item, useUploads } from "./use-uploads.ts";

export default function Upload() {
  const kind = readKind(useQuery().get("kind"));
  const title = kind ? `Upload ${KIND_WORDS[kind].article}` : "Upload";
  useTitle(title);
  const uploads = useUploads(kind);
  const { items, now, add, publish } = uploads;
  const [chosenId, choose] = useState<number>();
  const chosen = items.find((item) => item.id === chosenId) ?? items[0];
  useEffect(() => guardLeaving(() => lossOf(now())), [now]);

  const take = useCallback(
    async (files: readonly File[]) => {
      const first = await add(files);
      if (first !== undefined) choose(first);
    },
    [add],
  );

  const publishThem = async (ids: number[]) => {
    if (!mayChange("publish", () => void publishThem(ids))) return;
    const stored: Version[] = [];
    for (const id of ids) {
      const outcome = await publish(id);
      if (outcome instanceof ApiError) {
        choose(id);
        if (explainRefusal(outcome, "publish", () => void publishThem(ids))) return;
      } else if (outcome) stored.push(outcome.version);
    }
    if (stored.length) for (const prefix of ["asset ", "versions ", "readme "]) forget(prefix);
    const [only] = stored;
    if (only && items.length === 1) {
      toast(`Published ${only.name} ${only.version}`);
      navigate(assetPlace(only, only.version));
    } else if (stored.length) toast(`Published ${counted(stored.length, "file")}`);
  };

  return (
    <div className="scroll upload-scroll" data-scroll>
      <div className="page upload">
        <SignInNotice act="check and publish files" />
        <div className="row wrap upload-head">
          <h1 className="grow">{title}</h1>
          <Steps items={items} />
        </div>
        <div className="split-up">
          <div className="upload-side">
            <Intake take={(files) => void take(files)} compact={items.length > 0} />
            {items.length > 0 && (
              <ul className="upload-items" aria-label="Files">
                {items.map((item) => (
                  <ItemCard
                    key={item.id}
                    item={item}
                    current={item === chosen}
                    select={() => choose(item.id)}
                    remove={() => uploads.remove(item.id)}
                    cancel={() => uploads.cancel(item.id)}
                  >
                    {item === chosen && <ItemFields item={item} change={uploads.change} />}
                  </ItemCard>
                ))}
              </ul>
            )}
          </div>
          {chosen ? (
            <CheckPanel key={chosen.id} item={chosen} change={uploads.change} check={(id) => void uploads.check(id)} />
          ) : (
            <First />
          )}
        </div>
      </div>
      {items.length > 0 && (
        <Foot items={items} uploads={uploads} choose={choose} publish={(ids) => void publishThem(ids)} />
      )}
      <DropOverlay
        take={(files) => void take(files)}
        title="Drop to check"
        note="Nothing is stored before you publish it."
        folders="Folders are not read. Pack a folder as .tar.gz or .zip first."
      />
    </div>
  );
}

/** Why the page should not be left; null: nothing is lost. */
function lossOf(items: readonly Item[]): string | null {
  if (items.some((item) => item.phase === "sending")) return "A file is being published. Leave the page?";
  const typed = items.some((item) => item.typed && item.phase !== "published" && item.phase !== "known");
  return typed ? "A text that you typed is not published. Leave the page?" : null;
}

function Steps({ items }: { items: Item[] }) {
  const done = items.length > 0 && items.every((item) => item.phase === "published" || item.phase === "known");
  const wrong = items.some((item) => item.phase === "refused" || item.phase === "too-large");
  const at = !items.length ? 0 : done ? 3 : items.every((item) => item.phase !== "ready") ? 1 : 2;
  const steps = [
    { name: "File", icon: "file" },
    { name: "Check", icon: wrong ? "error" : "shield" },
    { name: "Publish", icon: "upload" },
  ];
  return (
    <ol className="steps">
      {steps.map((step, i) => (
        <li key={step.name} aria-current={i === at ? "step" : undefined}>
          <Icon name={i < at ? "check" : step.icon} />
          {step.name}
          {i < at && <span className="sr"> done</span>}
        </li>
      ))}
    </ol>
  );
}

const First = () => (
  <section className="upload-first">
    <h2>What happens</h2>
    <ol>
      <li>
        <b>The hub looks at the file.</b> Kind, format, inputs and outputs are read from what is in it, not from its
        name. Nothing is stored yet.
      </li>
      <li>
        <b>What is wrong is shown at its line,</b> and can be put right here.
      </li>
      <li>
        <b>You publish it</b> under the name and version that are proposed, or others. Versions never change afterwards.
      </li>
    </ol>
    <h2>What it takes</h2>
    <p>
      KFP components and compiled pipelines, Tekton Tasks and Pipelines, Elyra pipelines, Jupyter notebooks, operators
      (OLM bundles, manifests), and YAML of models, notebooks and datasets. An archive may bring a{" "}
      <code>README.md</code> beside its main file.
    </p>
  </section>
);

interface FootProps {
  items: Item[];
  uploads: ReturnType<typeof useUploads>;
  choose(id: number): void;
  publish(ids: number[]): void;
}

function Foot({ items, uploads, choose, publish }: FootProps) {
  const ready = items.filter((item) => item.phase === "ready");
  const wrong = items.find((item) => item.phase === "refused" || item.phase === "too-large");
  const guest = items.some((item) => item.phase === "guest");
  const sending = items.some((item) => item.phase === "sending");
  const open = items.filter((item) => item.phase !== "published" && item.phase !== "known");
  const one = ready.length === 1 ? ready[0] : undefined;
  const act = () => {
    if (ready.length) publish(ready.map((item) => item.id));
    else if (guest) mayChange("publish");
    else if (wrong) {
      choose(wrong.id);
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-problem]")?.focus());
    }
  };
  return (
    <footer className="foot-bar">
      <Verdict items={items} />
      <span className="grow" />
      <Button look="quiet" onClick={() => discard(items, uploads)}>
        {open.length ? (items.length > 1 ? "Discard all" : "Discard") : "Clear"}
      </Button>
      {open.length > 0 && (
        <Button icon="retry" onClick={() => open.forEach((item) => void uploads.check(item.id))}>
          Check again
        </Button>
      )}
      {open.length > 0 && (
        <Button look="primary" busy={sending} onClick={act}>
          {one?.found
            ? `Publish ${one.found.name} ${one.found.version}`
            : ready.length
              ? `Publish ${ready.length} files`
              : "Publish"}
        </Button>
      )}
    </footer>
  );
}

function discard(items: Item[], uploads: ReturnType<typeof useUploads>) {
  const files = items.filter((item) => item.phase !== "published" && item.phase !== "known").map((item) => item.file);
  for (const item of items) uploads.remove(item.id);
  if (files.length)
    toast(`${counted(files.length, "file")} discarded`, {
      action: { label: "Undo", run: () => void uploads.add(files) },
    });
}

function verdictOf(items: Item[]): { look: string; icon: string; words: string } {
  const of = (...phases: Item["phase"][]) => items.filter((item) => phases.includes(item.phase));
  const [wrong, ready] = [of("refused", "too-large"), of("ready")];
  if (of("sending").length) return { look: "", icon: "", words: "Publishing…" };
  if (of("checking").length) return { look: "", icon: "", words: "Checking…" };
  if (wrong.length) {
    const errors = wrong[0]!.error?.problems.filter((p) => p.severity === "error").length || 1;
    const words =
      items.length === 1
        ? `Nothing was stored: fix ${counted(errors, "error")} to publish.`
        : `${counted(wrong.length, "file has", "files have")} errors.`;
    return { look: "sev-e", icon: "error", words };
  }
  if (of("guest").length) return { look: "", icon: "lock", words: "Not checked yet: sign in first." };
  if (ready.length) return { look: "good", icon: "check", words: "Checked, nothing is stored yet." };
  return { look: "good", icon: "check", words: `${counted(items.length, "file")} in the catalog.` };
}

function Verdict({ items }: { items: Item[] }) {
  const { look, icon, words } = verdictOf(items);
  return (
    <span className={`row ${look}`} role="status">
      {icon && <Icon name={icon} />}
      <span>{words}</span>
    </span>
  );
}
