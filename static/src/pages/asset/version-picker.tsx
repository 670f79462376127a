/** The version that is shown, and the others to choose from, found by number, tag or digest. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { Version } from "../../net/types.ts";
import { assetPlace } from "../../route/places.ts";
import { Link, navigate } from "../../route/router.tsx";
import { Badge, Time } from "../../ui/controls.tsx";
import { counted, shortDigest } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import type { ShownProps } from "./asset.tsx";
import { Change, versionBefore } from "./change.tsx";
import { tagsOf } from "./tags.ts";

const MOST = 8;

export const Tags = ({ tags }: { tags: string[] }) => (
  <>
    {tags.map((tag) => (
      <Badge key={tag} tone={tag === "latest" ? "acc" : ""}>
        {tag}
      </Badge>
    ))}
  </>
);

export function VersionPicker(props: ShownProps) {
  const { asset, version } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);
  return (
    <div className="vpick" ref={box}>
      <button
        type="button"
        className="btn s num"
        aria-haspopup="dialog"
        aria-expanded={open}
        title="Choose a version"
        onClick={() => setOpen(!open)}
      >
        <span className="sr">Version </span>
        {version.version}
        <Tags tags={tagsOf(asset, version)} />
        {version.deleted_at && <Badge tone="warn">Withdrawn</Badge>}
        <Icon name="down" />
      </button>
      {open && <Choice {...props} close={close} />}
    </div>
  );
}

function Choice({ asset, version, versions, asked, close }: ShownProps & { close(): void }) {
  const isShown = (v: Version) => v.version === version.version;
  const [text, setText] = useState("");
  const [at, setAt] = useState(() => Math.max(0, versions.items.slice(0, MOST).findIndex(isShown)));
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = versions.items.filter((v) => fits(v, tagsOf(asset, v), text));
  const shown = found.slice(0, MOST);
  useLayoutEffect(() => input.current?.focus(), []);

  const go = (reference: string) => {
    close();
    const tab = new URLSearchParams(location.search).get("tab");
    navigate(assetPlace(asset, reference, { tab }), { keepScroll: true });
  };
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length) {
      event.preventDefault();
      setAt((at + step + shown.length) % shown.length);
    }
    if (event.key !== "Enter" || event.target !== input.current) return;
    event.preventDefault();
    const choice = shown[Math.min(at, shown.length - 1)];
    // Not every version is listed here: the hub may still know the one that was typed.
    if (choice) go(choice.version);
    else if (text.trim()) go(text.trim());
  };

  return (
    <div className="panel vpick-list" role="dialog" aria-label="Choose a version" onKeyDown={keys}>
      <div className="vpick-find">
        <label className="input">
          <Icon name="search" />
          <input
            ref={input}
            role="combobox"
            aria-label="Version, tag or digest"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={shown.length ? `${id}-${Math.min(at, shown.length - 1)}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder="Version, tag or sha256"
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              setAt(0);
            }}
          />
        </label>
      </div>
      <div role="listbox" id={`${id}-list`} aria-label="Versions">
        {shown.map((v, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={v.version}
            id={`${id}-${i}`}
            role="option"
            className={i === at ? "at" : undefined}
            aria-selected={isShown(v)}
            onClick={() => go(v.version)}
            onMouseMove={() => setAt(i)}
          >
            <span className="num strong row wrap">
              {v.version} <Tags tags={tagsOf(asset, v)} />
            </span>
            <span className="mono sm">{shortDigest(v.digest)}</span>
            <span className="dim">{v.created_at && <Time at={v.created_at} />}</span>
            {v.deleted_at ? (
              <Badge tone="warn">Withdrawn</Badge>
            ) : (
              <Change a={asset} from={versionBefore(versions.items, v)} to={v} short />
            )}
          </div>
        ))}
      </div>
      {!shown.length && (
        <p className="vpick-none muted" role="status">
          {text.trim()} is not among the {counted(versions.items.length, "newest version")}. Enter asks the hub for it.
        </p>
      )}
      <p className="row sm vpick-foot">
        <Link href={assetPlace(asset, asked, { tab: "versions" })} onClick={close}>
          {asset.versions > 1 ? `All ${asset.versions} versions` : "Versions"}
        </Link>
        <span className="grow" />
        {versions.items.length > 1 && (
          <Link href={compareTwo(asset, version, versions.items)} onClick={close}>
            Compare two
          </Link>
        )}
      </p>
    </div>
  );
}

function fits(version: Version, tags: string[], text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return (
    version.version.toLowerCase().includes(wanted) ||
    tags.some((tag) => tag.toLowerCase().includes(wanted)) ||
    `sha256:${version.digest.replace(/^sha256:/, "")}`.startsWith(wanted) ||
    version.digest.replace(/^sha256:/, "").startsWith(wanted)
  );
}

/** The shown one with the one before it, or the two newest. */
function compareTwo(asset: ShownProps["asset"], version: Version, all: Version[]): string {
  const before = versionBefore(all, version);
  const [to, from] = before ? [version, before] : [all[0]!, all[1]!];
  return assetPlace(asset, version.version, { tab: "versions", from: from.version, to: to.version });
}
