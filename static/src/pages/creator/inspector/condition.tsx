/** Whether a task runs: comparisons that must all hold. */

import { ValueField } from "../../../features/launch/value-field.tsx";
import { fault } from "../../../features/launch/values.ts";
import type { Condition, PipelineDocument, Source, Task } from "../../../model/document.ts";
import { setCondition } from "../../../model/edit.ts";
import { type Interfaces, interfaceOf } from "../../../model/graph.ts";
import { Button, IconButton } from "../../../ui/controls.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { actions, type Problem, useCreator } from "../store.ts";
import { Fault, Problems, Section, useVisit } from "./fields.tsx";
import { SOURCE_WORDS, SourceItem, SourceMenu, SourceText } from "./source-menu.tsx";

export function ConditionEditor({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const { condition } = task;
  const all = condition.kind === "simple" ? condition.all : [];
  const set = (next: readonly Condition[], merge?: string) =>
    actions.change(`Condition of ${task.id}`, (doc) => setCondition(doc, task.id, next.length ? next : null), merge);
  return (
    <Section
      title="Run only if"
      act={
        !readOnly &&
        condition.kind !== "other" && (
          <SourceMenu
            label="Add a condition"
            adds
            button={<Icon name="plus" />}
            target={{ condition: task.id }}
            onPick={(left) => {
              set([...all, { operator: "==", left, right: { kind: "constant", text: "" } }]);
              requestAnimationFrame(() => document.getElementById(valueId(task.id, all.length + 1))?.focus());
            }}
          />
        )
      }
    >
      {condition.kind === "none" && <p className="help">No condition: it always runs.</p>}
      {condition.kind === "simple" && (
        <div className="conditions">
          {all.length > 1 && <p className="muted sm">All of these hold:</p>}
          {all.map((one, i) => (
            <Row
              key={i}
              task={task.id}
              condition={one}
              number={i + 1}
              onChange={(next, merge) => set(all.with(i, next), merge)}
              onRemove={() => set(all.toSpliced(i, 1))}
            />
          ))}
        </div>
      )}
      {condition.kind === "other" && (
        <>
          <pre className="code condition-text">{condition.text}</pre>
          <p className="help">It says more than equal or not equal; it can be changed in the YAML.</p>
          {!readOnly && (
            <Button size="s" icon="x" onClick={() => set([])}>
              Remove the condition
            </Button>
          )}
        </>
      )}
      <Problems problems={problems} />
    </Section>
  );
}

const valueId = (task: string, number: number) => `condition-${task}-${number}`;

/** The type of what is on the left: the constant on the right is of that type. */
function typeOf(doc: PipelineDocument, interfaces: Interfaces, source: Source): string | null {
  if (source.kind === "input") return doc.inputs.find(({ name }) => name === source.input)?.type ?? null;
  const task = source.kind === "output" ? doc.tasks.get(source.task) : undefined;
  if (!task || source.kind !== "output") return null;
  return interfaceOf(task, interfaces)?.outputs.find(({ name }) => name === source.output)?.type ?? null;
}

function Row({
  task,
  condition,
  number,
  onChange,
  onRemove,
}: {
  task: string;
  condition: Condition;
  number: number;
  onChange(next: Condition, merge?: string): void;
  onRemove(): void;
}) {
  const readOnly = useCreator((c) => c.readOnly);
  const type = useCreator((c) => typeOf(c.document, c.interfaces, condition.left));
  const visit = useVisit();
  const { left, right, operator } = condition;
  const target = { condition: task };
  const wrong = right.kind === "constant" && right.text !== "" ? fault(right.text, type) : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a grid of this kind
    <div className="condition" role="group" aria-label={`Condition ${number}`}>
      <div className="bind ref condition-left">
        <SourceText source={left} />
        {!readOnly && (
          <SourceMenu
            label={`${SOURCE_WORDS[left.kind]}: what condition ${number} compares`}
            button={SOURCE_WORDS[left.kind]}
            target={target}
            current={left}
            onPick={(source) => onChange({ ...condition, left: source })}
          />
        )}
      </div>
      <select
        className="bind condition-is"
        aria-label={`Condition ${number}: comparison`}
        disabled={readOnly}
        value={operator}
        onChange={(event) => onChange({ ...condition, operator: event.currentTarget.value as Condition["operator"] })}
      >
        <option value="==">is</option>
        <option value="!=">is not</option>
      </select>
      <div className={`bind condition-right ${right.kind === "constant" ? "" : "ref"} ${wrong ? "bad" : ""}`}>
        {right.kind === "constant" ? (
          <ValueField
            id={valueId(task, number)}
            className="bare"
            label={`Condition ${number}: value`}
            type={type}
            value={right.text === "" && type !== null ? null : right.text}
            byDefault={null}
            placeholder={type === "Boolean" ? "Choose" : "Empty text"}
            invalid={wrong !== null}
            disabled={readOnly}
            onFocus={visit.onFocus}
            onChange={(text) =>
              onChange({ ...condition, right: { kind: "constant", text: text ?? "" } }, visit.merge())
            }
          />
        ) : (
          <SourceText source={right} />
        )}
        {!readOnly && (
          <SourceMenu
            label={`${SOURCE_WORDS[right.kind]}: what condition ${number} compares with`}
            button={SOURCE_WORDS[right.kind]}
            target={target}
            current={right}
            onPick={(source) => onChange({ ...condition, right: source })}
          >
            {(close) => (
              <SourceItem
                checked={right.kind === "constant"}
                onPick={() => {
                  close();
                  if (right.kind !== "constant") onChange({ ...condition, right: { kind: "constant", text: "" } });
                }}
              >
                Constant
              </SourceItem>
            )}
          </SourceMenu>
        )}
      </div>
      {!readOnly && <IconButton label={`Remove condition ${number}`} icon="x" size="s" onClick={onRemove} />}
      {wrong && (
        <div className="condition-fault">
          <Fault>{wrong}</Fault>
        </div>
      )}
    </div>
  );
}
