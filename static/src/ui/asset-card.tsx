/** An asset as a card, as a row, and the tile that stands for it in both. */
import type { ReactNode } from "react";
import type { Asset, Kind } from "../net/types.ts";
import { assetPlace, creatorPlace } from "../route/places.ts";
import { Link } from "../route/router.tsx";
import { Badge, LinkButton } from "./controls.tsx";
import { sentence } from "./format.ts";
import { glyphHue, glyphLetters } from "./glyph-of.ts";
import { Icon } from "./icon.tsx";
import { matches } from "./matches.ts";

/** A text with what was searched for marked in it. */
export const Marked = ({ text, query = "" }: { text: string; query?: string | undefined }) => (
  <>{matches(text, query).map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : p.text))}</>
);

type Named = Pick<Asset, "kind" | "namespace" | "name" | "title">;

/** Letters on a tile, with the mark of the kind from 32 px on. Decoration: the name stands next to it. */
export function Glyph({ asset, size = "m" }: { asset: Named; size?: "s" | "m" | "l" }) {
  return (
    <span
      className={`glyph k-${asset.kind} gl${glyphHue(asset.namespace, asset.name)} ${size === "m" ? "" : size}`}
      aria-hidden="true"
    >
      {glyphLetters(asset.title)}
      {size !== "s" && (
        <span className="mark">
          <Icon name={asset.kind} size={12} />
        </span>
      )}
    </span>
  );
}

const USABLE: readonly Kind[] = ["component", "pipeline", "notebook"];

/** Where the newest version of an asset is put on an empty canvas; null: it cannot be a task. */
export function placeToUse(asset: Asset): string | null {
  if (!USABLE.includes(asset.kind) || !asset.latest) return null;
  return creatorPlace(undefined, { use: `${asset.namespace}/${asset.name}@${asset.latest.version}` });
}

/** Why it should not be used any more, and what to use instead. */
export function deprecation(asset: Asset): string {
  const { reason, successor } = asset.deprecated ?? {};
  return [reason, successor && `Use ${successor} instead.`].filter(Boolean).join(" ");
}

export const Deprecated = ({ asset }: { asset: Asset }) =>
  asset.deprecated && (
    <Badge tone="warn" icon="warn" title={deprecation(asset)}>
      Deprecated
    </Badge>
  );

export const Approved = () => (
  <span className="approved" title="Approved">
    <Icon name="shield" />
    <span className="sr">Approved</span>
  </span>
);

/** The whole card is the link; `query` is marked in title and sentence. */
export function AssetCard({ asset, query }: { asset: Asset; query?: string }) {
  const use = placeToUse(asset);
  return (
    <article className={`card k-${asset.kind}`}>
      <div className="card-top">
        <Glyph asset={asset} />
        <h3>
          <Link className="card-link" href={assetPlace(asset)}>
            <Marked text={asset.title} query={query} />
          </Link>
        </h3>
      </div>
      <p>
        <Marked text={sentence(asset.description)} query={query} />
      </p>
      <div className="foot">
        <span className="tag cut" title={asset.provider ? `Provider: ${asset.provider}` : "Namespace"}>
          {asset.provider ?? asset.namespace}
        </span>
        <span className="grow" />
        <Deprecated asset={asset} />
        {asset.approved && <Approved />}
        {asset.latest ? (
          <span className="num" title="Newest version">
            {asset.latest.version}
          </span>
        ) : (
          <span>Withdrawn</span>
        )}
      </div>
      {use && (
        <LinkButton
          className="quick"
          size="s"
          icon="plus"
          href={use}
          aria-label={`Use ${asset.title} in a new pipeline`}
          title="Use in a new pipeline"
        >
          Use
        </LinkButton>
      )}
    </article>
  );
}

/** A row of a list in a panel; `children` is what the list is about: how often used, when changed. */
export function AssetRow({ asset, children }: { asset: Asset; children?: ReactNode }) {
  return (
    <Link className={`asset-row k-${asset.kind}`} href={assetPlace(asset)}>
      <Glyph asset={asset} size="s" />
      <span className="cut grow">{asset.title}</span>
      <Deprecated asset={asset} />
      {children}
    </Link>
  );
}
