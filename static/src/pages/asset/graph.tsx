/** The picture of a pipeline. */
import { getContent } from "../../net/hub.ts";
import type { Asset, Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { fetchDocumentGraph, useLazy } from "./lazy.ts";
import { contentKey } from "./source.tsx";

export function Graph({ asset, version }: { asset: Asset; version: Version }) {
  const DocumentGraph = useLazy(fetchDocumentGraph);
  const content = useResource(contentKey(version), (signal) => getContent(asset, version.version, signal));
  return (
    <Loaded resource={content} lines={8}>
      {(text) =>
        DocumentGraph ? (
          <div className="panel asset-graph">
            <DocumentGraph text={text} label={`Tasks of ${asset.title} ${version.version}`} />
          </div>
        ) : (
          <Skeleton lines={8} />
        )
      }
    </Loaded>
  );
}
