/** Another version of a task's component: what it would change first. */
import { useEffect, useId, useRef, useState } from "react";
import type { Task } from "../../../model/document.ts";
import { setReference } from "../../../model/edit.ts";
import { getDiff, listVersions } from "../../../net/hub.ts";
import type { Diff, Reference } from "../../../net/types.ts";
import { useResource } from "../../../net/use-resource.ts";
import { assetPlace } from "../../../route/places.ts";
import { Link } from "../../../route/router.tsx";
import { Button } from "../../../ui/controls.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ago, counted } from "../../../ui/format.ts";
import { Loaded, Skeleton } from "../../../ui/states.tsx";
import { actions } from "../store.ts";

export const comparePlace = (reference: Reference, to: string) =>
  assetPlace(reference, to, { tab: "versions", from: reference.version, to });

/** `to` null: nothing to compare with. */
export const useDiff = (reference: Reference, to: string | null) => {
  const { kind, namespace, name, version } = reference;
  return useResource(to === null ? null : `diff ${namespace}/${kind}/${name} ${version} ${to}`, (signal) =>
    getDiff(reference, version, to ?? "", signal),
  );
};

/** "compatible, 1 new input" */
export function verdictWords({ verdict, inputs }: Diff): string {
  if (verdict === "identical") return "the same inputs and outputs";
  const added = inputs.added.length;
  return verdict === "compatible" && added > 0 ? `compatible, ${counted(added, "new input")}` : verdict;
}

export function VersionDialog({
  task,
  reference,
  wanted,
  onClose,
}: {
  task: Task;
  reference: Reference;
  /** chosen at first */
  wanted?: string | undefined;
  onClose(): void;
}) {
  const id = useId();
  const { kind, namespace, name, version } = reference;
  const key = `${namespace}/${kind}/${name}`;
  const versions = useResource(`versions ${key}`, (signal) => listVersions(reference, undefined, signal));
  const [chosen, setChosen] = useState<string | undefined>(wanted);
  const others = (versions.data?.items ?? []).filter((one) => one.version !== version && !one.deleted_at);
  const to = chosen ?? others[0]?.version;
  const diff = useDiff(reference, to ?? null);
  // The choice comes first, not the cross that closes.
  const chooser = useRef<HTMLSelectElement>(null);
  const there = versions.data !== undefined;
  useEffect(() => {
    if (there) chooser.current?.focus();
  }, [there]);
  const use = () => {
    if (to === undefined) return;
    actions.change(`Use ${name} ${to}`, (doc) => setReference(doc, task.id, `${namespace}/${name}@${to}`));
    actions.say(`${task.id} uses ${name} ${to}`);
    onClose();
  };
  return (
    <Dialog
      title="Replace the version"
      onClose={onClose}
      onSubmit={use}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {to !== undefined && (
            <Button look="primary" type="submit">
              Use {to}
            </Button>
          )}
        </>
      }
    >
      <Loaded resource={versions}>
        {() =>
          to === undefined ? (
            <p>
              {version} is the only version of {name}.
            </p>
          ) : (
            <>
              <div>
                <label className="label" htmlFor={id}>
                  Version of {name} in place of {version}
                </label>
                <select
                  id={id}
                  ref={chooser}
                  className="input"
                  value={to}
                  onChange={(event) => setChosen(event.currentTarget.value)}
                >
                  {!others.some((one) => one.version === to) && <option value={to}>{to}</option>}
                  {others.map((one) => (
                    <option key={one.version} value={one.version}>
                      {one.created_at ? `${one.version}, published ${ago(one.created_at)}` : one.version}
                    </option>
                  ))}
                </select>
              </div>
              <div aria-live="polite">
                {diff.data ? (
                  <Verdict diff={diff.data} />
                ) : diff.error ? (
                  <p>{diff.error.message}</p>
                ) : (
                  <Skeleton lines={2} />
                )}
              </div>
              <p>
                <Link href={comparePlace(reference, to)}>Compare the two versions</Link>
              </p>
            </>
          )
        }
      </Loaded>
    </Dialog>
  );
}

const VERDICTS: Record<Diff["verdict"], string> = {
  identical: "The inputs and outputs are the same.",
  compatible: "Compatible: what this pipeline gives and takes still fits.",
  breaking: "Breaking: what this pipeline gives or takes may not fit any more.",
};

function Verdict({ diff }: { diff: Diff }) {
  const lines = (["inputs", "outputs"] as const).flatMap((side) => {
    const one = side === "inputs" ? "input" : "output";
    return [
      ...diff[side].added.map((port) => ["+", `${one} ${port.name} is new`, port.type ?? ""] as const),
      ...diff[side].removed.map((port) => ["−", `${one} ${port.name} is gone`, port.type ?? ""] as const),
      ...diff[side].changed.map(({ name, from, to }) => ["~", `${one} ${name} is another`, typesOf(from, to)] as const),
    ];
  });
  return (
    <>
      <p className={diff.verdict === "breaking" ? "sev-w" : undefined}>
        <b>{VERDICTS[diff.verdict]}</b>
      </p>
      {lines.length > 0 && (
        <ul className="verdict-lines">
          {lines.map(([sign, text, type]) => (
            <li key={sign + text}>
              <span className="mono">{sign}</span> {text} <span className="mono dim">{type}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const typesOf = (from: { type?: string | null }, to: { type?: string | null }) =>
  from.type === to.type ? "" : `${from.type ?? "any"} → ${to.type ?? "any"}`;
