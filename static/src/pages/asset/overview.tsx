/** The first tab: README, interface, what its kind brings, the latest versions. */
import { useEffect, useRef } from "react";
import { getReadme } from "../../net/hub.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Failure, Skeleton } from "../../ui/states.tsx";
import type { ShownProps } from "./asset.tsx";
import { componentsOf, INSTALL_MODES, operatorFacts, relatedAssets } from "./facts.ts";
import { PortTables } from "./port-tables.tsx";
import { VersionTable } from "./versions.tsx";

const LATEST = 3;

export function Overview(props: ShownProps) {
  const { asset, version, versions } = props;
  const ports = version.interface.inputs.length + version.interface.outputs.length;
  return (
    <>
      <Readme {...props} />
      {asset.kind === "operator" && <Operator {...props} />}
      {asset.kind === "pipeline" && <MadeOf {...props} />}
      <Related {...props} />
      {(ports > 0 || asset.kind === "component" || asset.kind === "pipeline") && (
        <section>
          <h2>Inputs &amp; outputs</h2>
          <PortTables version={version} />
        </section>
      )}
      <section>
        <div className="row asset-sect">
          <h2 className="grow">Latest versions</h2>
          {asset.versions > LATEST && (
            <Link href={assetPlace(asset, props.asked, { tab: "versions" })}>
              All {counted(asset.versions, "version")}
            </Link>
          )}
        </div>
        <VersionTable {...props} items={versions.items.filter((v) => !v.deleted_at).slice(0, LATEST)} />
      </section>
    </>
  );
}

function Readme({ asset, version }: ShownProps) {
  const readme = useResource(`readme ${asset.kind} ${asset.namespace}/${asset.name} ${version.version}`, (signal) =>
    getReadme(asset, version.version, signal),
  );
  const article = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the links are those of the text
  useEffect(() => {
    for (const link of article.current?.querySelectorAll<HTMLAnchorElement>('a[href^="http"]') ?? []) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
    for (const block of article.current?.querySelectorAll<HTMLElement>("pre") ?? []) block.tabIndex = 0;
  }, [readme.data]);

  const html = readme.data === undefined ? "" : withoutTitle(readme.data, asset.title);
  if (html.trim())
    return (
      // The hub made it of Markdown and let no markup through.
      <article ref={article} className="prose readme" dangerouslySetInnerHTML={{ __html: html }} />
    );
  if (readme.data === undefined && !readme.error) return <Skeleton lines={5} />;
  if (readme.error && readme.error.status !== 404) return <Failure error={readme.error} retry={readme.reload} />;
  return (
    <p className="no-readme muted">
      <Icon name="note" />
      <span>
        Version {version.version} brings no README. To add one, publish the next version as a .tar.gz or .zip with a{" "}
        <code>README.md</code> beside the file.
      </span>
    </p>
  );
}

/** The title stands above already. */
function withoutTitle(html: string, title: string): string {
  const first = /^\s*<h2[^>]*>([^<]*)<\/h2>/.exec(html);
  return first?.[1]?.trim().toLowerCase() === title.trim().toLowerCase() ? html.slice(first[0].length) : html;
}

function Operator({ version }: ShownProps) {
  const { installModes, crds, images } = operatorFacts(version.facts);
  return (
    <>
      {crds.length > 0 && (
        <section>
          <h2>Custom resources</h2>
          <div className="panel">
            <table className="table stack">
              <thead>
                <tr>
                  <th>Kind</th>
                  <th>Group</th>
                  <th>Version</th>
                </tr>
              </thead>
              <tbody>
                {crds.map(({ group, version: served, kind }) => (
                  <tr key={`${group} ${served} ${kind}`}>
                    <td className="mono strong">{kind}</td>
                    <td className="mono">{group}</td>
                    <td>
                      <span className="badge">{served}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {installModes.length > 0 && (
        <section>
          <h2>Install modes</h2>
          <ul className="modes">
            {[...new Set([...INSTALL_MODES, ...installModes])].map((mode) => {
              const supported = installModes.includes(mode);
              return (
                <li key={mode} className={`row ${supported ? "yes" : "dim"}`}>
                  <Icon name={supported ? "check" : "x"} />
                  <span>
                    {mode}
                    {!supported && ", not supported"}
                  </span>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {images.length > 0 && (
        <section>
          <h2>Images</h2>
          <ul className="mono names">
            {images.map((image) => (
              <li key={image}>{image}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function MadeOf({ version }: ShownProps) {
  const parts = componentsOf(version.facts);
  if (!parts.length) return null;
  return (
    <section>
      <h2>Made of</h2>
      <ul className="row wrap">
        {parts.map(({ namespace, name }) => (
          <li key={`${namespace}/${name}`}>
            <Link className="chip" href={assetPlace({ kind: "component", namespace, name })}>
              {namespace}/{name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Related({ asset, version }: ShownProps) {
  const related = relatedAssets(version.facts);
  if (!related.length) return null;
  return (
    <section>
      <h2>Related</h2>
      <ul className="panel list">
        {related.map((r) => (
          <li key={r.name}>
            <Icon name={r.asset?.kind ?? "link"} />
            <span className="grow related">
              {r.asset ? (
                <Link href={assetPlace({ ...r.asset, namespace: asset.namespace })}>{r.name}</Link>
              ) : (
                <b>{r.name}</b>
              )}{" "}
              <span className="muted">{r.description}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
