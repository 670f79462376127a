/** What refers to the asset, by version. */
import type { UsedBy as Users } from "../../net/types.ts";
import { assetPlace, creatorPlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { Badge, LinkButton, Time } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { KindIcon } from "../../ui/icon.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { type ShownProps, usable } from "./asset.tsx";
import { useUsers } from "./versions.tsx";

const MOST = 500;

export function UsedBy({ asset, version }: ShownProps) {
  const users = useUsers(asset, asset.used_by);
  if (!asset.used_by) {
    const use = `${asset.namespace}/${asset.name}@${version.version}`;
    return (
      <Empty
        icon="pipeline"
        title={`No pipeline uses this ${KIND_WORDS[asset.kind].one} yet`}
        actions={
          usable(asset.kind) && (
            <LinkButton icon="plus" href={creatorPlace(undefined, { use })}>
              Use in pipeline
            </LinkButton>
          )
        }
      >
        Published pipelines that refer to it show here, with the version they use.
      </Empty>
    );
  }
  return (
    <Loaded resource={users} lines={5}>
      {({ items }) => (
        <>
          <p className="muted asset-sect" role="status">
            {counted(asset.used_by, "asset uses", "assets use")} {asset.title}
            {items.length >= MOST && `, of whose versions the newest ${MOST} are shown`}.
          </p>
          <div className="panel">
            <table className="table">
              <thead>
                <tr>
                  <th>Used in</th>
                  <th>Version used</th>
                  <th>Tasks</th>
                  <th>Published</th>
                </tr>
              </thead>
              <tbody>
                {items.map((user) => (
                  <User key={`${user.kind} ${user.namespace}/${user.name}@${user.version}`} user={user} asset={asset} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Loaded>
  );
}

function User({ user, asset }: { user: Users["items"][number]; asset: ShownProps["asset"] }) {
  const versions = [...new Set(user.tasks.map((task) => task.version ?? task.digest))];
  return (
    <tr>
      <td>
        <span className="row">
          <KindIcon kind={user.kind} />
          <Link href={assetPlace(user, user.version)}>
            {user.namespace}/{user.name}
          </Link>
          <span className="num dim">{user.version}</span>
        </span>
      </td>
      <td>
        <span className="row wrap">
          {versions.map((v) => (
            <span key={v} className="row">
              <Link className="num" href={assetPlace(asset, v)}>
                {v.startsWith("sha256:") ? v.slice(0, 15) : v}
              </Link>
              {asset.latest && v !== asset.latest.version && <Badge>Not newest</Badge>}
            </span>
          ))}
        </span>
      </td>
      <td className="mono sm">{user.tasks.map((task) => task.path).join(", ")}</td>
      <td className="dim nowrap">
        <Time at={user.created_at} />
      </td>
    </tr>
  );
}
