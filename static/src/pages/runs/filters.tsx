/** The filters of the list of runs: buttons that carry their value. */
import { useEffect, useId, useState } from "react";
import { listAssets } from "../../net/hub.ts";
import { STATES, type State } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { setQuery } from "../../route/router.tsx";
import { Button } from "../../ui/controls.tsx";
import { Icon, StateLabel } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { STATE_WORDS } from "../../ui/words.ts";

export interface Filter {
  state: State | undefined;
  pipeline: string | undefined;
  archived: boolean;
}

export function Filters({ state, pipeline, archived }: Filter) {
  return (
    <div className="bar wrap">
      <PipelineFilter value={pipeline ?? ""} />
      <Menu
        label="State"
        className={state ? "btn on" : "btn"}
        button={
          <>
            <Icon name="filter" />
            {state ? `State: ${STATE_WORDS[state].toLowerCase()}` : "State"}
            <Icon name="down" size={12} />
          </>
        }
      >
        {(close) => {
          const choose = (to: State | null) => {
            close();
            setQuery({ state: to });
          };
          return (
            <>
              <button type="button" role="menuitemradio" aria-checked={!state} onClick={() => choose(null)}>
                Any state
                {!state && <Icon name="check" />}
              </button>
              {STATES.filter((s) => s !== "skipped").map((s) => (
                <button key={s} type="button" role="menuitemradio" aria-checked={s === state} onClick={() => choose(s)}>
                  <StateLabel state={s} />
                  {s === state && <Icon name="check" />}
                </button>
              ))}
            </>
          );
        }}
      </Menu>
      <Button
        icon="history"
        className={archived ? "on" : ""}
        aria-pressed={archived}
        onClick={() => setQuery({ archived: archived ? null : "true" })}
      >
        Archived
      </Button>
    </div>
  );
}

/** "namespace/name"; what the catalog holds is offered. */
function PipelineFilter({ value }: { value: string }) {
  const [text, setText] = useState(value);
  const id = useId();
  useEffect(() => setText(value), [value]);
  const known =
    useResource("pipelines to filter by", (signal) =>
      listAssets({ kind: "pipeline", sort: "used", limit: 100 }, signal),
    ).data?.items ?? [];
  const apply = (to: string) => to.trim() !== value && setQuery({ pipeline: to.trim() || null });
  return (
    <label className={`input pipelinefilter ${value ? "on" : ""}`}>
      <Icon name="pipeline" />
      <input
        aria-label="Pipeline, as namespace/name"
        placeholder="Pipeline: namespace/name"
        data-page-search
        spellCheck={false}
        autoComplete="off"
        list={id}
        value={text}
        onInput={(event) => {
          const to = event.currentTarget.value;
          setText(to);
          if (!to || known.some((p) => `${p.namespace}/${p.name}` === to)) apply(to);
        }}
        onKeyDown={(event) => event.key === "Enter" && apply(text)}
        onBlur={() => apply(text)}
      />
      <datalist id={id}>
        {known.map((p) => (
          <option key={`${p.namespace}/${p.name}`} value={`${p.namespace}/${p.name}`}>
            {p.title}
          </option>
        ))}
      </datalist>
    </label>
  );
}
