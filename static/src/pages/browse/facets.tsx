/** Filters with how much each would leave. */
import { useState } from "react";
import { setQuery } from "../../route/router.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Asked, Filter } from "./filters.ts";
import type { Facets as Counts } from "./use-results.ts";

const GROUPS: { name: Filter; title: string }[] = [
  { name: "provider", title: "Provider" },
  { name: "tag", title: "Tag" },
  { name: "namespace", title: "Namespace" },
];
const SHORT = 8;

export function Facets({ asked, counts }: { asked: Asked; counts: Counts }) {
  return (
    <>
      {GROUPS.map(({ name, title }) => (
        <Group key={name} name={name} title={title} value={asked.filters[name]} counts={counts[name] ?? {}} />
      ))}
      <fieldset className="facet">
        <legend>Status</legend>
        <Check label="Featured" on={asked.featured} onChange={(on) => setQuery({ featured: on ? "true" : null })} />
      </fieldset>
    </>
  );
}

interface GroupProps {
  name: Filter;
  title: string;
  value: string | undefined;
  counts: Record<string, number>;
}

/** One value of a group at a time: another one takes its place. */
function Group({ name, title, value, counts }: GroupProps) {
  const [long, setLong] = useState(false);
  const all = Object.entries(counts);
  if (value !== undefined && !(value in counts)) all.unshift([value, 0]);
  if (all.length === 0 || (name === "namespace" && all.length === 1 && value === undefined)) return null;
  const shown = long ? all : all.filter(([v], i) => i < SHORT || v === value);
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {shown.map(([v, n]) => (
        <Check key={v} label={v} count={n} on={v === value} onChange={(on) => setQuery({ [name]: on ? v : null })} />
      ))}
      {all.length > SHORT && (
        <button type="button" className="browse-link sm" aria-expanded={long} onClick={() => setLong(!long)}>
          {long ? "Show fewer" : `Show all ${all.length}`}
          <span className="sr"> of {title.toLowerCase()}</span>
        </button>
      )}
    </fieldset>
  );
}

interface CheckProps {
  label: string;
  count?: number;
  on: boolean;
  onChange(on: boolean): void;
}

const Check = ({ label, count, on, onChange }: CheckProps) => (
  <label className={on ? "check on" : "check"} title={label}>
    <input type="checkbox" checked={on} onChange={() => onChange(!on)} />
    <span className="box">{on && <Icon name="check" size={12} />}</span>
    <span className="cut">{label}</span>
    {count !== undefined && <span className="num">{count.toLocaleString("en")}</span>}
  </label>
);
