/** Above the canvas: the pipeline's name, whether it is saved, and what can be done with the whole of it. */
import { openSignIn } from "../../features/sign-in.tsx";
import { useSession } from "../../net/use-session.ts";
import { creatorPlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { Badge, Button, IconButton } from "../../ui/controls.tsx";
import { download, fileName } from "../../ui/download.ts";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ThemeMenu } from "../../ui/theme-menu.tsx";
import type { DialogName } from "./dialogs.tsx";
import { NameField } from "./name-field.tsx";
import { countOf } from "./problems/problem.ts";
import { SaveText } from "./save-text.tsx";
import { actions, useCreator } from "./store.ts";
import type { CreatorActs } from "./studio.tsx";

interface TopBarProps {
  acts: CreatorActs;
  yamlOpen: boolean;
  narrow: boolean;
}

export function TopBar({ acts, yamlOpen, narrow }: TopBarProps) {
  const who = useSession();
  return (
    <header className="top creator-top">
      <Link className="btn quiet icon k-pipeline" href={creatorPlace()} aria-label="All drafts" title="All drafts">
        <Icon name="pipeline" size={20} />
      </Link>
      <NameField />
      <Badge icon="draft">Draft</Badge>
      <SaveText />
      <span className="grow" />
      {!narrow && <Steps />}
      <Button
        icon="code"
        aria-pressed={yamlOpen}
        title="YAML beside the canvas (Y)"
        className="yaml-toggle"
        onClick={acts.toggleYaml}
      >
        YAML
      </Button>
      <CheckButton show={acts.showProblems} />
      <Button icon="download" title="Compile to Tekton YAML (Ctrl B)" onClick={acts.showCompiled}>
        Compile
      </Button>
      <Button
        look="primary"
        icon="play"
        title="Launch (Ctrl Enter); with errors it leads to the first one"
        onClick={acts.launch}
      >
        Launch
      </Button>
      <Button icon="upload" className="creator-publish" onClick={() => acts.open("publish")}>
        Publish
      </Button>
      <More open={acts.open} />
      {!narrow && <ThemeMenu />}
      {who && !who.authenticated && <Button onClick={openSignIn}>Sign in</Button>}
    </header>
  );
}

function Steps() {
  const canUndo = useCreator((creator) => creator.canUndo);
  const canRedo = useCreator((creator) => creator.canRedo);
  const undoLabel = useCreator((creator) => creator.undoLabel);
  const redoLabel = useCreator((creator) => creator.redoLabel);
  return (
    <>
      <IconButton
        label={undoLabel ? `Undo: ${undoLabel} (Ctrl Z)` : "Undo (Ctrl Z)"}
        icon="undo"
        disabled={!canUndo}
        onClick={actions.undo}
      />
      <IconButton
        label={redoLabel ? `Redo: ${redoLabel} (Ctrl Shift Z)` : "Redo (Ctrl Shift Z)"}
        icon="redo"
        disabled={!canRedo}
        onClick={actions.redo}
      />
      <span className="creator-rule" />
    </>
  );
}

function CheckButton({ show }: { show(): void }) {
  const problems = useCreator((creator) => creator.problems);
  const errors = countOf(problems, "error");
  const others = problems.length - errors;
  return (
    <Button icon="check" title="Checked after every change; shows what was found (Ctrl Shift C)" onClick={show}>
      Check
      {errors > 0 ? (
        <span className="badge bad" title={counted(errors, "error")}>
          {errors}
        </span>
      ) : (
        others > 0 && (
          <span className="badge warn" title={counted(others, "warning or note", "warnings and notes")}>
            {others}
          </span>
        )
      )}
    </Button>
  );
}

function More({ open }: { open(dialog: DialogName): void }) {
  const stored = useCreator((creator) => creator.draft.id !== null);
  const item = (close: () => void, label: string, run: () => void) => (
    <button
      type="button"
      role="menuitem"
      onClick={() => {
        close();
        run();
      }}
    >
      {label}
    </button>
  );
  const save = () => {
    const { text, draft } = actions.current();
    download(fileName(draft.title), text);
  };
  return (
    <Menu label="More" className="btn quiet icon" align="right" button={<Icon name="more" />}>
      {(close) => (
        <>
          {item(close, "Publish a version", () => open("publish"))}
          {item(close, "Download document", save)}
          {item(close, "Duplicate", () => open("duplicate"))}
          {stored && item(close, "Revision history", () => open("history"))}
          {stored && item(close, "Delete draft", () => open("delete"))}
        </>
      )}
    </Menu>
  );
}
