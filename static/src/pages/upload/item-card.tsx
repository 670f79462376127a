/** One file: what it is, how it stands. */
import type { ReactNode } from "react";
import { assetPlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { Badge, Button, IconButton } from "../../ui/controls.tsx";
import { bytes, counted, shortDigest } from "../../ui/format.ts";
import { Icon, KindTile } from "../../ui/icon.tsx";
import { FORMAT_WORDS, KIND_WORDS } from "../../ui/words.ts";
import type { Item } from "./use-uploads.ts";

interface Props {
  item: Item;
  current: boolean;
  select(): void;
  remove(): void;
  cancel(): void;
  /** Shown below while it is the chosen one. */
  children?: ReactNode;
}

export function ItemCard({ item, current, select, remove, cancel, children }: Props) {
  const { file, found, phase, progress } = item;
  const stored = phase === "published" || phase === "known";
  return (
    <li className={`panel upload-item ${current ? "current" : ""}`}>
      <div className="in row">
        {found ? (
          <KindTile kind={found.kind} />
        ) : (
          <span className="kicon">
            <Icon name="file" size={20} />
          </span>
        )}
        <span className="grow">
          <button type="button" className="as-name mono" aria-current={current ? "true" : undefined} onClick={select}>
            {file.name}
          </button>
          <span className="dim sm">
            {found ? `${capitalKind(found.kind)}, ${FORMAT_WORDS[found.format] ?? found.format} · ` : ""}
            {bytes(file.size)}
            {found && ` · sha256:${shortDigest(found.digest)}`}
          </span>
          {stored && found && (
            <span className="sm">
              <Link href={assetPlace(found, found.version)}>
                Open {found.name} {found.version}
              </Link>
            </span>
          )}
        </span>
        <Standing item={item} />
        {phase === "sending" || progress !== null ? (
          <Button size="s" onClick={cancel}>
            Cancel
          </Button>
        ) : (
          <IconButton label={`Take ${file.name} away`} icon="x" size="s" onClick={remove} />
        )}
      </div>
      {progress !== null && (
        <progress className="upload-progress" max={1} value={progress} aria-label={`Sending ${file.name}`} />
      )}
      {children}
    </li>
  );
}

const capitalKind = (kind: Item["kind"] & string) => KIND_WORDS[kind].one.replace(/^./, (c) => c.toUpperCase());

function Standing({ item }: { item: Item }) {
  const { phase, error, found, progress } = item;
  if (phase === "checking" || phase === "sending")
    return (
      <span className="row sm dim" role="status">
        <Icon name="s-running" className="spin" />
        {progress !== null && progress < 1
          ? `${Math.round(progress * 100)} % of ${bytes(item.file.size)}`
          : phase === "sending"
            ? "Publishing"
            : "Checking"}
      </span>
    );
  if (phase === "published")
    return (
      <Badge tone="ok" icon="check">
        Published
      </Badge>
    );
  if (phase === "known") return <Badge icon="check">Already there</Badge>;
  if (phase === "too-large")
    return (
      <Badge tone="bad" icon="error">
        Too large
      </Badge>
    );
  if (phase === "guest") return <Badge icon="lock">Not checked</Badge>;
  if (phase === "refused") {
    const errors = error?.problems.filter((p) => p.severity === "error").length || 1;
    return (
      <Badge tone="bad" icon="error">
        {counted(errors, "error")}
      </Badge>
    );
  }
  const warnings = found?.problems?.length ?? 0;
  return warnings ? (
    <Badge tone="warn" icon="warn">
      {counted(warnings, "warning")}
    </Badge>
  ) : (
    <Badge tone="ok" icon="check">
      Ready
    </Badge>
  );
}
