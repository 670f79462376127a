/** The picture of a pipeline. */
import { getContent } from "../../net/hub.ts";
import type { Asset, Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { lazily } from "../../ui/lazy.tsx";
import { Loaded } from "../../ui/states.tsx";
import { contentKey } from "./source.tsx";

const DocumentGraph = lazily(() => import("../../features/graph/document-graph.tsx"));

export function Graph({ asset, version }: { asset: Asset; version: Version }) {
  const content = useResource(contentKey(version), (signal) => getContent(asset, version.version, signal));
  return (
    <Loaded resource={content} lines={8}>
      {(text) => (
        <div className="panel asset-graph">
          <DocumentGraph text={text} label={`Tasks of ${asset.title} ${version.version}`} />
        </div>
      )}
    </Loaded>
  );
}
