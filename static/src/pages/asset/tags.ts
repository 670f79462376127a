import type { Asset, Version } from "../../net/types.ts";

/** Names that follow versions; the newest is `latest` without being told. */
export const tagsOf = (asset: Pick<Asset, "tags" | "latest">, version: Pick<Version, "version">): string[] => {
  const named = Object.keys(asset.tags).filter((tag) => asset.tags[tag] === version.version && tag !== "latest");
  return asset.latest?.version === version.version ? ["latest", ...named] : named;
};
