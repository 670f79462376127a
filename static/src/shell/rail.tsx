/** The rail at the left: the kinds of the catalog with their counts, and one's own work. */
import { listAssets } from "../net/hub.ts";
import { KINDS } from "../net/types.ts";
import { useResource } from "../net/use-resource.ts";
import { creatorPlace, kindPlace, lintPlace, PLURAL, type Place, runsPlace, workspacePlace } from "../route/places.ts";
import { Link } from "../route/router.tsx";
import { capital } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";

/** Which entry of the rail a page belongs to. */
export function railEntry(place: Place | null): string | null {
  if (!place) return null;
  if ("kind" in place) return place.kind;
  if (place.page === "drafts" || place.page === "creator") return "creator";
  if (place.page === "runs" || place.page === "run") return "runs";
  return place.page === "workspace" || place.page === "lint" ? place.page : null;
}

export function Brand() {
  return (
    <svg viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="6" fill="var(--accent-fill)" />
      <path
        d="M6.2 6.5h3.3a3 3 0 0 1 3 3v3a3 3 0 0 0 3 3h.6M6.2 15.5h2.6"
        fill="none"
        stroke="#fff"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
      <circle cx="6" cy="6.5" r="1.9" fill="#fff" />
      <circle cx="6" cy="15.5" r="1.9" fill="#fff" />
      <rect x="14.2" y="13.6" width="3.8" height="3.8" rx="1" fill="#fff" />
    </svg>
  );
}

export function Rail({ place }: { place: Place | null }) {
  const counts = useResource("counts", (signal) => listAssets({ limit: 1, facets: true }, signal), {
    topics: ["assets"],
  }).data?.facets?.kind;
  const here = railEntry(place);
  const entry = (id: string, href: string, label: string, icon: string, colour: string, count?: number) => (
    <Link key={id} className={colour} href={href} aria-current={here === id ? "page" : undefined} title={label}>
      <Icon name={icon} />
      <span className="t">{label}</span>
      {count !== undefined && <span className="num">{count.toLocaleString("en")}</span>}
    </Link>
  );
  return (
    <nav className="rail" aria-label="Main">
      <Link className="brand" href="/" aria-label="Component Hub, start page">
        <Brand />
        <span className="t">Component Hub</span>
      </Link>
      <p className="rail-head">Catalog</p>
      {KINDS.map((kind) => entry(kind, kindPlace(kind), capital(PLURAL[kind]), kind, `k-${kind}`, counts?.[kind]))}
      <p className="rail-head">Work</p>
      {entry("creator", creatorPlace(), "Pipeline creator", "draft", "k-draft")}
      {entry("runs", runsPlace(), "Runs", "run", "k-run")}
      {entry("lint", lintPlace(), "Check YAML", "shield", "k-lint")}
      <span className="grow push" />
      {entry("workspace", workspacePlace(), "Workspace", "workspace", "k-workspace")}
    </nav>
  );
}
