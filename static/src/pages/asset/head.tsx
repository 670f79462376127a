/** The head of the page: name, provider, version, and what one can do with it. */
import { useState } from "react";
import { LaunchLater } from "../../features/runs/launch-later.tsx";
import { downloadUrl } from "../../net/hub.ts";
import type { Asset, Kind, Version } from "../../net/types.ts";
import { assetPlace, browsePlace, creatorPlace, KIND_OF, PLURAL, runPlace } from "../../route/places.ts";
import { Link, navigate } from "../../route/router.tsx";
import { Glyph } from "../../ui/asset-card.tsx";
import { Badge, Button, copy, Digest, LinkButton, Time } from "../../ui/controls.tsx";
import { capital } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { type ShownProps, usable } from "./asset.tsx";
import { TagDialog } from "./tag-dialog.tsx";
import { VersionPicker } from "./version-picker.tsx";
import { WithdrawDialog } from "./withdraw-dialog.tsx";

type Open = "launch" | "tag" | "withdraw" | null;

export function Head(props: ShownProps) {
  const { asset, version, asked } = props;
  const [open, setOpen] = useState<Open>(null);
  return (
    <>
      {version.deleted_at && <Withdrawn asset={asset} version={version} />}
      {asset.deprecated && <Deprecation asset={asset} />}
      <header className={`head k-${asset.kind}`}>
        <Glyph asset={asset} size="l" />
        <div className="grow">
          <div className="row wrap">
            <h1>{asset.title}</h1>
            {asset.approved && (
              <Badge tone="ok" icon="shield">
                Approved
              </Badge>
            )}
            {asset.featured && <Badge icon="star">Featured</Badge>}
            {asset.deprecated && (
              <Badge tone="warn" icon="warn">
                Deprecated
              </Badge>
            )}
          </div>
          <p>{asset.description}</p>
          <div className="row wrap asset-meta">
            <span className="tag">
              {capital(KIND_WORDS[asset.kind].one)} by{" "}
              {asset.provider ? (
                <Link href={browsePlace(asset.kind, { provider: asset.provider })}>{asset.provider}</Link>
              ) : (
                <Link href={browsePlace(asset.kind, { namespace: asset.namespace })}>{asset.namespace}</Link>
              )}
            </span>
            <VersionPicker {...props} />
            <Digest digest={version.digest} />
            <span className="dim sm">
              {version.created_at && (
                <>
                  Published <Time at={version.created_at} />
                </>
              )}
              {version.created_by && ` by ${version.created_by}`}
            </span>
            <Asked asked={asked} version={version} />
          </div>
        </div>
        <Actions {...props} open={setOpen} />
      </header>
      {open === "launch" && <Launch asset={asset} version={version} close={() => setOpen(null)} />}
      {open === "tag" && <TagDialog {...props} close={() => setOpen(null)} />}
      {open === "withdraw" && <WithdrawDialog {...props} close={() => setOpen(null)} />}
    </>
  );
}

/** Which version a tag or digest in the address stands for. */
function Asked({ asked, version }: { asked: string | null; version: Version }) {
  if (asked === null || asked === version.version) return null;
  return (
    <span className="dim sm">
      {asked.startsWith("sha256:") ? (
        "This address names it by its digest."
      ) : (
        <>
          This address follows <code>{asked}</code>, which is {version.version} today.
        </>
      )}
    </span>
  );
}

function Actions({ asset, version, open }: ShownProps & { open(dialog: Open): void }) {
  const reference = `${asset.namespace}/${asset.name}@${version.version}`;
  const link = (ref: string) => location.origin + assetPlace(asset, ref);
  const launches = asset.kind === "pipeline";
  return (
    <div className="row wrap asset-acts">
      <LinkButton icon="download" href={downloadUrl(asset, version.version)} download>
        Download
      </LinkButton>
      {launches && version.format === "component-graph" && (
        <LinkButton icon="draft" href={creatorPlace("new", { from: reference })}>
          Edit in creator
        </LinkButton>
      )}
      {usable(asset.kind) && !version.deleted_at && (
        <LinkButton
          look={launches ? "plain" : "primary"}
          icon="plus"
          href={creatorPlace(undefined, { use: reference })}
        >
          Use in pipeline
        </LinkButton>
      )}
      {launches && (
        <Button look="primary" icon="play" onClick={() => open("launch")}>
          Launch
        </Button>
      )}
      <Menu label="More acts" className="btn icon" button={<Icon name="more" />} align="right">
        {(close) => {
          const item = (icon: string, label: string, act: () => void) => (
            <button
              type="button"
              role="menuitem"
              onClick={() => {
                close();
                act();
              }}
            >
              <span className="row">
                <Icon name={icon} />
                {label}
              </span>
            </button>
          );
          return (
            <>
              {item("link", `Copy link to version ${version.version}`, () => void copy(link(version.version)))}
              {item("link", "Copy link by digest", () => void copy(link(version.digest)))}
              {item("copy", "Copy reference", () => void copy(reference))}
              {!version.deleted_at && item("flag", "Set or drop tags", () => open("tag"))}
              {!version.deleted_at && item("x", `Withdraw version ${version.version}`, () => open("withdraw"))}
            </>
          );
        }}
      </Menu>
    </div>
  );
}

const Launch = ({ asset, version, close }: { asset: Asset; version: Version; close(): void }) => (
  <LaunchLater
    subject={{ pipeline: `${asset.namespace}/${asset.name}@${version.version}` }}
    title={asset.title}
    inputs={version.interface.inputs}
    onClose={close}
    onLaunched={(run) => {
      close();
      navigate(runPlace(run.id));
    }}
  />
);

const Withdrawn = ({ asset, version }: { asset: Asset; version: Version }) => (
  <div className="notice bad" role="status">
    <Icon name="warn" />
    <span className="grow">
      <b>Version {version.version} was withdrawn</b> {version.deleted_at && <Time at={version.deleted_at} />}. What
      refers to it keeps working, and it is not offered any more.
    </span>
    {asset.latest && (
      <LinkButton size="s" href={assetPlace(asset)}>
        Open the newest, {asset.latest.version}
      </LinkButton>
    )}
  </div>
);

function Deprecation({ asset }: { asset: Asset }) {
  const { reason, successor } = asset.deprecated!;
  return (
    <div className="notice bad" role="status">
      <Icon name="warn" />
      <span className="grow">
        <b>{asset.title} is deprecated.</b> {reason}
      </span>
      {successor && (
        <LinkButton size="s" href={successorPlace(asset, successor)}>
          Use {successor}
        </LinkButton>
      )}
    </div>
  );
}

/** "namespace/name", "name", each with "@version" or with a kind in front. */
function successorPlace(asset: Asset, successor: string): string {
  const [path = "", version] = successor.split("@");
  const parts = path.split("/").filter(Boolean);
  const name = parts.pop() ?? path;
  const last = parts.pop();
  const named = last && (Object.hasOwn(KIND_OF, last) ? KIND_OF[last] : Object.hasOwn(PLURAL, last) && (last as Kind));
  const namespace = named ? parts.pop() : last;
  return assetPlace({ kind: named || asset.kind, namespace: namespace ?? asset.namespace, name }, version);
}
