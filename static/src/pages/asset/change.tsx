/** What changed in the interface between two versions, in the words of a row. */
import { useEffect, useRef, useState } from "react";
import { type Brief, brief, changesOfDiff, type Verdict } from "../../model/interface.ts";
import { type AssetName, getDiff } from "../../net/hub.ts";
import type { Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { Badge } from "../../ui/controls.tsx";

const LOOKS: Record<Verdict, { tone: "" | "ok" | "bad"; icon?: string; word: string }> = {
  identical: { tone: "", word: "Identical" },
  compatible: { tone: "ok", icon: "check", word: "Compatible" },
  breaking: { tone: "bad", icon: "error", word: "Breaking" },
};

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { tone, icon, word } = LOOKS[verdict];
  return (
    <Badge tone={tone} {...(icon ? { icon } : {})}>
      {word}
    </Badge>
  );
}

export const BriefWords = ({ brief: { before, name, after, more } }: { brief: Brief }) => (
  <span className="muted">
    {before} <code>{name}</code>
    {after.startsWith(":") ? after : ` ${after}`}
    {more > 0 && ` and ${more} more`}
  </span>
);

export const diffKey = (a: AssetName, from: string, to: string) =>
  `diff ${a.kind} ${a.namespace}/${a.name} ${from} ${to}`;

/** The next older version that was not withdrawn. */
export const versionBefore = (versions: Version[], version: Version): Version | undefined =>
  versions.slice(versions.findIndex((v) => v.version === version.version) + 1).find((v) => !v.deleted_at);

/** Asks the hub once the row is in sight. */
export function Change({
  a,
  from,
  to,
  short,
}: {
  a: AssetName;
  from: Version | undefined;
  to: Version;
  short?: boolean;
}) {
  const [box, seen] = useSeen();
  const diff = useResource(from && seen ? diffKey(a, from.version, to.version) : null, (signal) =>
    getDiff(a, from!.version, to.version, signal),
  );
  const words = diff.data && brief(changesOfDiff(diff.data));
  return (
    <span ref={box} className="row wrap change" title={from && `Since ${from.version}`}>
      {!from && <span className="dim">First version</span>}
      {diff.data && <VerdictBadge verdict={diff.data.verdict} />}
      {!short && words && <BriefWords brief={words} />}
      {diff.error && !diff.data && <span className="dim">Not compared</span>}
    </span>
  );
}

function useSeen() {
  const box = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      setSeen(true);
      observer.disconnect();
    });
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, seen] as const;
}
