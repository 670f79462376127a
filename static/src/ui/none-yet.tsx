/** Nothing of a kind is in the catalog yet. */
import type { Kind } from "../net/types.ts";
import { creatorPlace, uploadPlace } from "../route/places.ts";
import { LinkButton } from "./controls.tsx";
import { Empty } from "./states.tsx";
import { KIND_WORDS } from "./words.ts";

/** How the catalog that comes with the hub gets into it. */
export const StarterHint = () => (
  <>
    or let the operator of this hub add the starter catalog that comes with it:{" "}
    <code>component-hub import catalog/starter</code>
  </>
);

export const NoneYet = ({ kind }: { kind: Kind }) => (
  <Empty
    icon={kind}
    title={`No ${KIND_WORDS[kind].many} yet`}
    actions={
      <>
        <LinkButton href={uploadPlace(kind)} look="primary" icon="upload">
          Upload {KIND_WORDS[kind].article}
        </LinkButton>
        {kind === "pipeline" && (
          <LinkButton href={creatorPlace()} icon="pipeline">
            Pipeline creator
          </LinkButton>
        )}
      </>
    }
  >
    Upload one file, <StarterHint />
  </Empty>
);
