/** The column beside: facts at a glance, and texts to copy. */
import { useState } from "react";
import { getSnippets } from "../../net/hub.ts";
import type { Asset, Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace, browsePlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { CopyButton, Segmented } from "../../ui/controls.tsx";
import { bytes, counted } from "../../ui/format.ts";
import { FORMAT_WORDS } from "../../ui/words.ts";
import { type Fact, factRows } from "./facts.ts";

interface Props {
  asset: Asset;
  version: Version;
}

export const Aside = (props: Props) => (
  <aside className="asset-aside" aria-label="Facts and use">
    <Facts {...props} />
    <Snippets {...props} />
  </aside>
);

function Facts({ asset, version }: Props) {
  const labels = Object.entries(asset.labels);
  const keywords = asset.keywords ?? [];
  return (
    <section>
      <h3>Quick facts</h3>
      <dl className="facts">
        {asset.used_by > 0 && (
          <>
            <dt>Used by</dt>
            <dd>
              <Link href={assetPlace(asset, version.version, { tab: "used" })}>
                {counted(asset.used_by, "pipeline")}
              </Link>
            </dd>
          </>
        )}
        <dt>Format</dt>
        <dd>{FORMAT_WORDS[version.format] ?? version.format}</dd>
        <dt>File</dt>
        <dd className="num">{bytes(version.size)}</dd>
        {factRows(version.facts, asset.kind).map((fact) => (
          <Row key={fact.name} {...fact} />
        ))}
        {labels.length > 0 && (
          <>
            <dt>Labels</dt>
            <dd className="row wrap tight">
              {labels.map(([key, value]) => (
                <Link key={key} className="badge" href={browsePlace(asset.kind, { label: `${key}=${value}` })}>
                  {key}: {value}
                </Link>
              ))}
            </dd>
          </>
        )}
        {keywords.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd className="row wrap tight">
              {keywords.map((word) => (
                <Link key={word} className="badge" href={browsePlace(asset.kind, { tag: word })}>
                  {word}
                </Link>
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

const Row = ({ name, value, href, mono }: Fact) => (
  <>
    <dt>{name}</dt>
    <dd className={mono ? "mono sm" : undefined}>
      {href ? (
        <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
          {value}
        </a>
      ) : (
        value
      )}
    </dd>
  </>
);

const SHORT: Record<string, string> = { hub: "Hub", kfp: "kfp", tekton: "Tekton", curl: "curl" };

function Snippets({ asset, version }: Props) {
  const snippets = useResource(`snippets ${asset.kind} ${asset.namespace}/${asset.name} ${version.version}`, (signal) =>
    getSnippets(asset, version.version, signal),
  );
  const [name, setName] = useState("");
  const items = snippets.data?.items ?? [];
  const shown = items.find((item) => item.name === name) ?? items[0];
  if (!shown) return null;
  return (
    <section className="snippets">
      <h3>Use it</h3>
      {items.length > 1 && (
        <Segmented
          label="Way of using it"
          value={shown.name}
          options={items.map((item) => ({ value: item.name, label: SHORT[item.name] ?? item.name }))}
          onChange={setName}
        />
      )}
      <p className="help">{shown.title}</p>
      <CodeBlock text={shown.text} language={shown.language} label={shown.title} />
      <CopyButton text={shown.text} />
    </section>
  );
}
