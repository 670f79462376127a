/** Chooses where a value comes from: what fits, and what does not with the reason. */
import type { ReactNode } from "react";
import type { Source } from "../../../model/document.ts";
import { Icon } from "../../../ui/icon.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { actions } from "../store.ts";
import { PortDot } from "./fields.tsx";
import { type Choice, choicesFor, type Target } from "./sources.ts";

/** Reasons are for finding out why something is not there, not for reading hundreds. */
const MOST_REFUSED = 40;

interface SourceMenuProps {
  label: string;
  button: ReactNode;
  /** a plus adds, everything else chooses */
  adds?: boolean;
  className?: string;
  target: Target;
  current?: Source | null | undefined;
  onPick(source: Source): void;
  /** further choices on top */
  children?(close: () => void): ReactNode;
}

export function SourceMenu({
  label,
  button,
  adds,
  className = adds ? "btn quiet icon s" : "from",
  target,
  current,
  onPick,
  children,
}: SourceMenuProps) {
  return (
    <Menu
      label={label}
      className={className}
      align="right"
      button={
        <>
          {button}
          {!adds && <Icon name="down" size={12} />}
        </>
      }
    >
      {(close) => (
        <>
          {children?.(close)}
          <Sources
            target={target}
            current={current ?? null}
            onPick={(source) => {
              close();
              onPick(source);
            }}
          />
        </>
      )}
    </Menu>
  );
}

export function SourceItem({
  checked,
  note,
  children,
  onPick,
}: {
  checked: boolean;
  note?: ReactNode;
  children: ReactNode;
  onPick(): void;
}) {
  return (
    <button type="button" role="menuitemradio" aria-checked={checked} tabIndex={-1} onClick={onPick}>
      <span className="cut">{children}</span>
      {note && <span className="dim xs">{note}</span>}
      {checked && <Icon name="check" size={12} />}
    </button>
  );
}

function Sources({
  target,
  current,
  onPick,
}: {
  target: Target;
  current: Source | null;
  onPick(source: Source): void;
}) {
  const { document, interfaces } = actions.current();
  const { inputs, outputs, refused, reason } = choicesFor(document, interfaces, target);
  const now = JSON.stringify(current);
  const more = refused.length - MOST_REFUSED;
  const item = (choice: Choice) => (
    <SourceItem
      key={choice.label}
      checked={JSON.stringify(choice.source) === now}
      note={<span className="mono">{choice.type ?? "any"}</span>}
      onPick={() => onPick(choice.source)}
    >
      <PortDot type={choice.type} on /> <span className="mono">{choice.label}</span>
    </SourceItem>
  );
  const tasks = outputs.length > 0 && <Group title="Outputs of tasks">{outputs.map(item)}</Group>;
  // What the pipeline gives mostly comes from a task.
  const forOutput = target === "new output" || "output" in target;
  return (
    <>
      {forOutput && tasks}
      {inputs.length > 0 && <Group title="Pipeline inputs">{inputs.map(item)}</Group>}
      {!forOutput && tasks}
      {refused.length > 0 && (
        <Group title="Not possible here">
          {refused.slice(0, MOST_REFUSED).map((choice) => (
            <button key={choice.label} type="button" role="menuitem" aria-disabled="true" tabIndex={-1}>
              <span>
                <span className="mono">{choice.label}</span>
                <span className="why">{reason(choice)}</span>
              </span>
            </button>
          ))}
          {more > 0 && (
            <button type="button" role="menuitem" aria-disabled="true" tabIndex={-1}>
              And {more} more
            </button>
          )}
        </Group>
      )}
    </>
  );
}

export function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a menu is no fieldset
    <div role="group" aria-label={title} className="menu-group">
      <div className="menu-title" aria-hidden="true">
        {title}
      </div>
      {children}
    </div>
  );
}

/** "seed", "train › model" or what the document says otherwise. */
export function SourceText({ source }: { source: Source }) {
  if (source.kind === "input")
    return (
      <>
        <Icon name="pipeline" size={12} />
        <span className="mono cut" title={source.input}>
          {source.input}
        </span>
      </>
    );
  if (source.kind === "output")
    return (
      <>
        <Icon name="component" size={12} />
        <span className="cut" title={`${source.task} › ${source.output}`}>
          {source.task} <span className="dim">›</span> {source.output}
        </span>
      </>
    );
  const text = source.kind === "constant" ? source.text : source.label;
  return (
    <span className="mono cut" title={text}>
      {text}
    </span>
  );
}

export const SOURCE_WORDS: Record<Source["kind"], string> = {
  constant: "Constant",
  input: "Pipeline input",
  output: "Output",
  other: "From the YAML",
};
