/** The dialog that launches a pipeline, loaded when it is first asked for. */
import { type ComponentType, useEffect, useRef, useState } from "react";
import { loadCode } from "../../net/load-code.ts";
import { toast } from "../../ui/toast.tsx";
import type { LaunchDialogProps } from "../launch/launch-dialog.tsx";

let Dialog: ComponentType<LaunchDialogProps> | null = null;

export function LaunchLater(props: LaunchDialogProps) {
  const [, redraw] = useState(0);
  const close = useRef(props.onClose);
  close.current = props.onClose;
  useEffect(() => {
    if (Dialog) return;
    let gone = false;
    loadCode(() => import("../launch/launch-dialog.tsx")).then(
      (module) => {
        Dialog = module.default;
        if (!gone) redraw((n) => n + 1);
      },
      () => {
        if (gone) return;
        toast("The hub does not send this part of the page. Try again when it answers.", { tone: "bad" });
        close.current();
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  return Dialog && <Dialog {...props} />;
}
