/** Two versions side by side: the verdict, the interface port by port, the text line by line. */
import { useMemo, useState } from "react";
import { diffLines } from "../../features/code/diff.ts";
import { type PortChange, type PortLike, portChanges, type Verdict } from "../../model/interface.ts";
import { getContent, getDiff, getVersion } from "../../net/hub.ts";
import type { Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace } from "../../route/places.ts";
import { setQuery } from "../../route/router.tsx";
import { Button, IconButton, LinkButton, Segmented } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { PortType } from "../../ui/ports.tsx";
import { Empty, Failure, Loaded, Skeleton } from "../../ui/states.tsx";
import type { ShownProps } from "./asset.tsx";
import { diffKey, VerdictBadge } from "./change.tsx";
import { Default } from "./port-tables.tsx";
import { sideBySide } from "./text-diff.ts";
import { TextDiff } from "./text-diff-table.tsx";
import { usersOf, useUsers } from "./versions.tsx";

interface Props extends ShownProps {
  from: string;
  to: string;
}

export function Compare(props: Props) {
  const { asset, versions, from, to } = props;
  const id = `${asset.kind} ${asset.namespace}/${asset.name}`;
  const load = (reference: string) => (signal: AbortSignal) => getVersion(asset, reference, signal);
  const left = useResource(`version ${id}@${from}`, load(from));
  const right = useResource(`version ${id}@${to}`, load(to));
  const error = left.error ?? right.error;
  return (
    <section className="compare" aria-labelledby="compare-title">
      <div className="row wrap asset-sect">
        <h2 className="grow" id="compare-title">
          Compare versions
        </h2>
        <span className="row">
          <Pick label="Older version" value={left.data?.version ?? from} versions={versions.items} side="from" />
          <span aria-hidden="true">→</span>
          <Pick label="Newer version" value={right.data?.version ?? to} versions={versions.items} side="to" />
        </span>
        <Button look="quiet" icon="loop" onClick={() => setQuery({ from: to, to: from })}>
          Swap
        </Button>
        <IconButton label="Close the comparison" icon="x" onClick={() => setQuery({ from: null, to: null })} />
      </div>
      {left.data && right.data ? (
        <Both {...props} left={left.data} right={right.data} />
      ) : error ? (
        <Failure
          error={error}
          retry={() => {
            left.reload();
            right.reload();
          }}
        />
      ) : (
        <Skeleton lines={5} />
      )}
    </section>
  );
}

function Pick({
  label,
  value,
  versions,
  side,
}: {
  label: string;
  value: string;
  versions: Version[];
  side: "from" | "to";
}) {
  const known = versions.some((v) => v.version === value);
  return (
    <select
      className="input pick num"
      aria-label={label}
      value={value}
      onChange={(event) => setQuery({ [side]: event.currentTarget.value }, { replace: true })}
    >
      {!known && <option value={value}>{value}</option>}
      {versions.map((v) => (
        <option key={v.version} value={v.version}>
          {v.version}
          {v.deleted_at ? " (withdrawn)" : ""}
        </option>
      ))}
    </select>
  );
}

function Both({ asset, left, right }: Props & { left: Version; right: Version }) {
  const verdict = useResource(diffKey(asset, left.version, right.version), (signal) =>
    getDiff(asset, left.version, right.version, signal),
  );
  const changes = useMemo(() => portChanges(left.interface, right.interface), [left, right]);
  const users = useUsers(asset, asset.used_by);
  if (left.digest === right.digest)
    return (
      <Empty icon="check" title={`${left.version} and ${right.version} are the same file`}>
        Their main files have the same digest. What else their packages hold, such as the README, may differ.
      </Empty>
    );
  return (
    <>
      {changes.length > 0 && (
        <>
          <div className="panel">
            <div className="in row wrap verdict" role="status">
              {verdict.data && <VerdictBadge verdict={verdict.data.verdict} />}
              <span className="grow">
                {verdict.data && <b>{VERDICTS[verdict.data.verdict]}</b>}{" "}
                {users.data && (
                  <span className="muted">
                    {counted(usersOf(users.data, left.version).length, "pipeline uses", "pipelines use")} {left.version}
                    .
                  </span>
                )}
              </span>
              {usersOf(users.data, left.version).length > 0 && (
                <LinkButton size="s" href={assetPlace(asset, left.version, { tab: "used" })}>
                  Show them
                </LinkButton>
              )}
            </div>
          </div>
          <Ports changes={changes} left={left} right={right} />
        </>
      )}
      <Texts asset={asset} left={left} right={right} />
    </>
  );
}

const VERDICTS: Record<Verdict, string> = {
  identical: "Inputs and outputs are the same.",
  compatible: "What works with the older one works with the newer one.",
  breaking: "Pipelines that use the older one may stop compiling with the newer one.",
};

const Ports = ({ changes, left, right }: { changes: PortChange[]; left: Version; right: Version }) => (
  <div className="panel">
    <header>Interface</header>
    <table className="table stack">
      <thead>
        <tr>
          <th>Port</th>
          <th>{left.version}</th>
          <th>{right.version}</th>
          <th>Verdict</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.side} ${change.name}`}>
            <td className="mono">
              {change.name} <span className="dim">{change.side}</span>
            </td>
            <td data-label={left.version}>
              <OnePort port={change.from} side={change.side} />
            </td>
            <td data-label={right.version}>
              <OnePort port={change.to} side={change.side} />
            </td>
            <td>
              <span className="row wrap">
                <VerdictBadge verdict={change.verdict} /> {change.why}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function OnePort({ port, side }: { port: PortLike | null; side: "input" | "output" }) {
  if (!port) return <span className="dim">not there</span>;
  const hasDefault = port.default !== null && port.default !== undefined;
  return (
    <span className="row wrap one-port">
      <PortType type={port.type} />
      {side === "input" && (
        <span className="dim sm">
          {hasDefault ? (
            <>
              default <Default value={port.default} />
            </>
          ) : port.optional ? (
            "optional"
          ) : (
            "required"
          )}
        </span>
      )}
    </span>
  );
}

function Texts({ asset, left, right }: { asset: ShownProps["asset"]; left: Version; right: Version }) {
  const [look, setLook] = useState<"split" | "unified">(() => (innerWidth < 760 ? "unified" : "split"));
  const texts = useResource(`texts ${left.digest} ${right.digest}`, async (signal) => {
    const [before, after] = await Promise.all([
      getContent(asset, left.version, signal),
      getContent(asset, right.version, signal),
    ]);
    return sideBySide(diffLines(before, after));
  });
  return (
    <div className="panel">
      <header>
        <span className="grow">Text</span>
        <Segmented<"split" | "unified">
          label="Layout of the text"
          value={look}
          onChange={setLook}
          options={[
            { value: "split", label: "Side by side" },
            { value: "unified", label: "Unified" },
          ]}
        />
      </header>
      <Loaded resource={texts} lines={6}>
        {(rows) => <TextDiff rows={rows} look={look} from={left.version} to={right.version} />}
      </Loaded>
    </div>
  );
}
