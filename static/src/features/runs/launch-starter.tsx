/** A first run: the pipeline of the starter catalog, if it is there. */
import { useState } from "react";
import { getAsset } from "../../net/hub.ts";
import { useResource } from "../../net/use-resource.ts";
import { browsePlace, runPlace } from "../../route/places.ts";
import { navigate } from "../../route/router.tsx";
import { Button, LinkButton } from "../../ui/controls.tsx";
import { mayChange } from "../sign-in.tsx";
import { LaunchLater } from "./launch-later.tsx";

const STARTER = { kind: "pipeline", namespace: "starter", name: "train-and-evaluate" } as const;

export function LaunchStarter() {
  const starter = useResource("starter pipeline", (signal) => getAsset(STARTER, signal)).data?.value;
  const [open, setOpen] = useState(false);
  if (!starter?.latest) return <LinkButton href={browsePlace("pipeline")}>Choose a pipeline</LinkButton>;
  const launch = () => mayChange("launch pipelines", launch) && setOpen(true);
  return (
    <>
      <Button look="primary" icon="play" onClick={launch}>
        Launch {starter.title}
      </Button>
      <LinkButton href={browsePlace("pipeline")}>Choose another pipeline</LinkButton>
      {open && (
        <LaunchLater
          subject={{ pipeline: `${STARTER.namespace}/${STARTER.name}` }}
          title={starter.title}
          inputs={starter.latest.interface.inputs}
          onClose={() => setOpen(false)}
          onLaunched={(run) => navigate(runPlace(run.id))}
        />
      )}
    </>
  );
}
