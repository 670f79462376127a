/** What the start page and the page of a kind share. */
import type { Kind } from "../../net/types.ts";
import { creatorPlace, uploadPlace } from "../../route/places.ts";
import { LinkButton } from "../../ui/controls.tsx";
import { KIND_WORDS } from "../../ui/words.ts";

/** The hub counts no further than this. */
const MOST_COUNTED = 1000;
export const count = (n: number): string =>
  n >= MOST_COUNTED ? `${MOST_COUNTED.toLocaleString("en")}+` : n.toLocaleString("en");

/** Kinds that become tasks, so that their pages lead to the creator as well. */
export const buildsPipelines = (kind: Kind) => kind === "pipeline" || kind === "component" || kind === "notebook";

export const Upload = ({ kind, size = "m" }: { kind: Kind; size?: "s" | "m" | "l" }) => (
  <LinkButton href={uploadPlace(kind)} icon="upload" size={size}>
    Upload {KIND_WORDS[kind].article}
  </LinkButton>
);

export const Creator = ({ size = "m" }: { size?: "s" | "m" | "l" }) => (
  <LinkButton href={creatorPlace()} icon="pipeline" size={size}>
    Pipeline creator
  </LinkButton>
);
