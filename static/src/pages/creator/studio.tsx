/** The parts of the creator side by side, and the keys that work in all of them. */
import { useCallback, useEffect, useState } from "react";
import { loadCode } from "../../net/load-code.ts";
import { readdress, useQuery } from "../../route/router.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { lazily } from "../../ui/lazy.tsx";
import { toast } from "../../ui/toast.tsx";
import { BackupBar, ConflictBar } from "./bars.tsx";
import { Canvas, Outline } from "./canvas/canvas.tsx";
import type { DialogName, CreatorDialog as Dialogs } from "./dialogs.tsx";
import { Divider } from "./divider.tsx";
import type { Open } from "./draft.ts";
import { Inspector } from "./inspector/inspector.tsx";
import { Palette } from "./palette/palette.tsx";
import { LIMITS, useMedia, usePanes } from "./panes.ts";
import { ProblemsBar, showProblem } from "./problems/problems-bar.tsx";
import { actions, session, useCreator } from "./store.ts";
import { TopBar } from "./top-bar.tsx";
import { useKeys } from "./use-keys.ts";
import type { YamlTab } from "./yaml/yaml-pane.tsx";

const FOLDED = 44;
const YamlPane = lazily(() => import("./yaml/yaml-pane.tsx"));

export interface CreatorActs {
  toggleYaml(): void;
  showCompiled(): void;
  showProblems(): void;
  launch(): void;
  save(): void;
  open(dialog: DialogName): void;
}

export function Studio({ open }: { open: Open }) {
  const narrow = useMedia("(max-width: 760px)");
  const tight = useMedia("(max-width: 1599px)");
  const [panes, setPanes] = usePanes();
  const [yaml, setYaml] = useYaml();
  const [line, setLine] = useState<number | null>(null);
  /** for as long as this text is open */
  const [unfolded, setUnfolded] = useState(false);
  const [dialog, openDialog, closeDialog] = useDialog();
  useEffect(() => session.setNarrow(narrow), [narrow]);
  const showLine = (at: number) => {
    setLine(at);
    setYaml("document");
  };
  const acts: CreatorActs = {
    toggleYaml() {
      setUnfolded(false);
      setYaml(yaml === null ? "document" : null);
    },
    showCompiled: () => setYaml("compiled"),
    showProblems() {
      setPanes({ problems: true });
      setTimeout(() => document.querySelector<HTMLElement>(".problems .problem")?.focus());
    },
    launch() {
      if (actions.current().document.tasks.size === 0) return toast("There is nothing to launch yet: add a task first");
      const error = actions.current().problems.find((problem) => problem.severity === "error");
      if (!error) return openDialog("launch");
      setPanes({ problems: true });
      showProblem(error, showLine);
      actions.say("There are errors to solve before it can be launched");
      setTimeout(() => document.querySelector<HTMLElement>(".problems .problem")?.focus());
    },
    save: () => open.autosave.saveNow(),
    open: openDialog,
  };
  useKeys(acts);
  const pane = yaml && <YamlPane tab={yaml} setTab={setYaml} line={line} onClose={() => setYaml(null)} />;
  const folded = yaml !== null && tight && !unfolded;
  return (
    <div className="creator">
      <TopBar acts={acts} yamlOpen={yaml !== null} narrow={narrow} />
      <ConflictBar open={open} />
      <BackupBar open={open} />
      {narrow ? (
        <Outline back={null} />
      ) : (
        <Columns folded={folded} onUnfold={() => setUnfolded(true)} panes={panes} setPanes={setPanes} yaml={pane} />
      )}
      {narrow && yaml && (
        <Dialog title="YAML" wide onClose={() => setYaml(null)}>
          <div className="yaml-sheet">{pane}</div>
        </Dialog>
      )}
      <ProblemsBar open={panes.problems} setOpen={(problems) => setPanes({ problems })} showLine={showLine} />
      <Said />
      {dialog && <dialog.Component name={dialog.name} autosave={open.autosave} onClose={closeDialog} />}
    </div>
  );
}

interface OpenDialog {
  name: DialogName;
  Component: typeof Dialogs;
}

/** Dialogs are loaded with the first of them. */
function useDialog(): [OpenDialog | null, (name: DialogName) => void, () => void] {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const open = (name: DialogName) =>
    void loadCode(() => import("./dialogs.tsx")).then(
      ({ CreatorDialog }) => setDialog({ name, Component: CreatorDialog }),
      () => toast("The hub does not send this part of the page. Try again when it answers.", { tone: "bad" }),
    );
  const close = useCallback(() => setDialog(null), []);
  return [dialog, open, close];
}

/** Which tab of the text is open is in the address. */
function useYaml(): [YamlTab | null, (tab: YamlTab | null) => void] {
  const asked = useQuery().get("yaml");
  const tab = asked === "document" || asked === "compiled" ? asked : null;
  const set = (next: YamlTab | null) => {
    const query = new URLSearchParams(location.search);
    if (next) query.set("yaml", next);
    else query.delete("yaml");
    const text = query.toString();
    readdress(location.pathname + (text ? `?${text}` : ""));
  };
  return [tab, set];
}

interface ColumnsProps {
  folded: boolean;
  onUnfold(): void;
  panes: ReturnType<typeof usePanes>[0];
  setPanes: ReturnType<typeof usePanes>[1];
  yaml: React.ReactNode;
}

function Columns({ folded, onUnfold, panes, setPanes, yaml }: ColumnsProps) {
  const columns = [
    `${folded ? FOLDED : panes.palette}px`,
    "minmax(0, 1fr)",
    ...(yaml ? [`${panes.yaml}px`] : []),
    `${panes.inspector}px`,
  ];
  const edge = (name: keyof typeof LIMITS, label: string, side: "left" | "right") => (
    <Divider
      label={label}
      pane={side}
      value={panes[name]}
      min={LIMITS[name][0]}
      max={LIMITS[name][1]}
      onChange={(value) => setPanes({ [name]: value })}
    />
  );
  return (
    <div className="studio" style={{ gridTemplateColumns: columns.join(" ") }}>
      <div className="pane first">
        <Palette folded={folded} onUnfold={onUnfold} />
        {!folded && edge("palette", "Width of the palette", "left")}
      </div>
      <div className="pane middle">
        <Canvas />
      </div>
      {yaml && (
        <div className="pane">
          {yaml}
          {edge("yaml", "Width of the YAML", "right")}
        </div>
      )}
      <div className="pane">
        <Inspector />
        {edge("inspector", "Width of the settings", "right")}
      </div>
    </div>
  );
}

/** Each change in words, for those who do not see it. */
function Said() {
  const said = useCreator((creator) => creator.said);
  return (
    <p className="sr" aria-live="polite">
      {said}
    </p>
  );
}
