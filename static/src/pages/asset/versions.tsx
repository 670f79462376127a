/** Versions with what changed between neighbours, and any two of them compared. */
import { type AssetName, getUsedBy } from "../../net/hub.ts";
import type { UsedBy, Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace } from "../../route/places.ts";
import { Link, setQuery, useQuery } from "../../route/router.tsx";
import { Badge, Button, Time } from "../../ui/controls.tsx";
import { shortDigest } from "../../ui/format.ts";
import type { ShownProps } from "./asset.tsx";
import { Change, versionBefore } from "./change.tsx";
import { Compare } from "./compare.tsx";
import { tagsOf } from "./tags.ts";
import { Tags } from "./version-picker.tsx";

export const useUsers = (a: AssetName, used: number) =>
  useResource(used > 0 ? `used-by ${a.kind} ${a.namespace}/${a.name}` : null, (signal) => getUsedBy(a, signal), {
    topics: ["assets"],
  });

/** How many others refer to a version. */
export const usersOf = (users: UsedBy | undefined, version: string): UsedBy["items"] =>
  users?.items.filter((user) => user.tasks.some((task) => task.version === version)) ?? [];

export function Versions(props: ShownProps) {
  const { asset, versions, more } = props;
  const query = useQuery();
  const from = query.get("from");
  const to = query.get("to");
  const live = versions.items.filter((v) => !v.deleted_at);
  const compare = (older: Version, newer: Version) => setQuery({ from: older.version, to: newer.version });
  return (
    <>
      {from && to ? (
        <Compare {...props} from={from} to={to} />
      ) : (
        live.length > 1 && (
          <div className="row asset-sect">
            <h2 className="grow sr">Versions</h2>
            <span className="grow" />
            <Button icon="diff" onClick={() => compare(live[1]!, live[0]!)}>
              Compare two versions
            </Button>
          </div>
        )
      )}
      <VersionTable {...props} items={versions.items} compare={compare} />
      {versions.next_cursor && (
        <p className="more">
          <Button onClick={more}>Show older versions</Button>
        </p>
      )}
      {asset.versions === 1 && live.length === 1 && (
        <p className="help">One version so far. The next one shows here with what changed.</p>
      )}
    </>
  );
}

interface TableProps extends ShownProps {
  items: Version[];
  compare?(older: Version, newer: Version): void;
}

export function VersionTable({ asset, version: shown, versions, items, compare }: TableProps) {
  const users = useUsers(asset, asset.used_by);
  const withPorts = items.some((v) => v.interface.inputs.length + v.interface.outputs.length > 0);
  return (
    <div className="panel">
      <table className="table versions">
        <thead>
          <tr>
            <th>Version</th>
            <th>Digest</th>
            {withPorts && <th>Change of interface</th>}
            <th>Published</th>
            <th className="r">Used by</th>
            {compare && (
              <th>
                <span className="sr">Compare</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {items.map((v) => {
            const before = versionBefore(versions.items, v);
            return (
              <tr key={v.version} className={v.version === shown.version ? "on" : undefined}>
                <td>
                  <span className="row wrap">
                    <Link
                      className="num strong"
                      href={assetPlace(asset, v.version)}
                      aria-current={v.version === shown.version ? "true" : undefined}
                    >
                      {v.version}
                    </Link>
                    <Tags tags={tagsOf(asset, v)} />
                    {v.deleted_at && <Badge tone="warn">Withdrawn</Badge>}
                  </span>
                </td>
                <td className="mono sm" title={v.digest}>
                  {shortDigest(v.digest)}
                </td>
                {withPorts && (
                  <td>
                    <Change a={asset} from={before} to={v} />
                  </td>
                )}
                <td className="dim nowrap">{v.created_at && <Time at={v.created_at} />}</td>
                <td className="r num">{users.data || !asset.used_by ? usersOf(users.data, v.version).length : ""}</td>
                {compare && (
                  <td className="r">
                    {before && (
                      <Button size="s" icon="diff" onClick={() => compare(before, v)}>
                        <span>
                          Compare <span className="sr">{v.version} </span>with {before.version}
                        </span>
                      </Button>
                    )}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
