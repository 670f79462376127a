/** The frame around every page: rail, bar, connection, search, dialogs; and which page a path shows. */
import { type ComponentType, useCallback, useEffect, useMemo, useState } from "react";
import { SignInDialog } from "../features/sign-in.tsx";
import { onRecovered } from "../net/connection.ts";
import { loadCode } from "../net/load-code.ts";
import { loadSession, signIn } from "../net/use-session.ts";
import { kindPlace, PLURAL, type Place, readPlace, runsPlace, workspacePlace } from "../route/places.ts";
import { usePath, useTitle } from "../route/router.tsx";
import { LinkButton } from "../ui/controls.tsx";
import { capital } from "../ui/format.ts";
import { lazily, PRELOAD_AFTER } from "../ui/lazy.tsx";
import { usePageStyle } from "../ui/page-style.ts";
import { Empty, Skeleton } from "../ui/states.tsx";
import { Toasts, toast } from "../ui/toast.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { Rail } from "./rail.tsx";
import { useRemembering } from "./search-recent.ts";
import { type Crumb, Top } from "./top.tsx";

const SearchDialog = lazily(() => import("./search.tsx"));
const KeysDialog = lazily(() => import("./keys.tsx"));

/** Each page is loaded when it is first shown; it gets the place as its props. */
// biome-ignore lint/suspicious/noExplicitAny: each page takes the place of its own kind
type Page = ComponentType<any>;
const PAGES: Record<Place["page"], () => Promise<{ default: Page }>> = {
  landing: () => import("../pages/landing/landing.tsx"),
  kind: () => import("../pages/landing/kind.tsx"),
  browse: () => import("../pages/browse/browse.tsx"),
  asset: () => import("../pages/asset/asset.tsx"),
  upload: () => import("../pages/upload/upload.tsx"),
  drafts: () => import("../pages/workspace/drafts.tsx"),
  creator: () => import("../pages/creator/creator.tsx"),
  runs: () => import("../pages/runs/runs.tsx"),
  run: () => import("../pages/run/run.tsx"),
  lint: () => import("../pages/lint/lint.tsx"),
  workspace: () => import("../pages/workspace/workspace.tsx"),
};

function crumbs(place: Place | null): Crumb[] {
  if (!place) return [{ label: "Not found" }];
  if (place.page === "landing") return [{ label: "Component Hub" }];
  if ("kind" in place) {
    const kind = { label: capital(PLURAL[place.kind]), href: kindPlace(place.kind) };
    if (place.page === "kind") return [kind];
    if (place.page === "browse") return [kind, { label: "All" }];
    return [
      kind,
      { label: place.namespace, href: `/${PLURAL[place.kind]}/all?namespace=${place.namespace}` },
      { label: place.name },
    ];
  }
  if (place.page === "run") return [{ label: "Runs", href: runsPlace() }, { label: place.run.slice(0, 8) }];
  if (place.page === "lint") return [{ label: "Workspace", href: workspacePlace() }, { label: "Check Tekton YAML" }];
  return [
    {
      label: {
        upload: "Upload",
        drafts: "Pipeline creator",
        creator: "Pipeline creator",
        runs: "Runs",
        workspace: "Workspace",
      }[place.page],
    },
  ];
}

export function App() {
  const path = usePath();
  const place = useMemo(() => readPlace(path), [path]);
  const [searching, setSearching] = useState(false);
  const openSearch = useCallback(() => setSearching(true), []);
  const closeSearch = useCallback(() => setSearching(false), []);
  const [keysShown, setKeysShown] = useState(false);
  useSignIn();
  useRemembering(place, path);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Control" || event.key === "Meta") SearchDialog.preload(); // K may follow
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearching(true);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if ((event.key !== "/" && event.key !== "?") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (event.key === "?") {
        setKeysShown(true);
        return;
      }
      // A page with a search field of its own takes the key; elsewhere it is the search over everything.
      const own = document.querySelector<HTMLInputElement>("[data-page-search]");
      if (own) own.focus();
      else setSearching(true);
    };
    addEventListener("keydown", key);
    const timer = setTimeout(() => {
      SearchDialog.preload();
      KeysDialog.preload();
    }, PRELOAD_AFTER);
    return () => {
      removeEventListener("keydown", key);
      clearTimeout(timer);
    };
  }, []);

  const slim = place?.page === "creator" || place?.page === "run";
  return (
    <div className={`app ${slim ? "slim" : ""}`}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Rail place={place} />
      <div className="main">
        {place?.page !== "creator" && <Top crumbs={crumbs(place)} openSearch={openSearch} />}
        <ConnectionBar />
        <main id="main" tabIndex={-1} className="main-content">
          {place ? <Shown place={place} /> : <NotFound />}
        </main>
      </div>
      {searching && <SearchDialog onClose={closeSearch} showKeys={() => setKeysShown(true)} />}
      {keysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
      <SignInDialog />
      <Toasts />
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  const element = (target as HTMLElement | null)?.shadowRoot?.activeElement ?? target;
  return (
    element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName))
  );
}

/** Pages that were loaded once show at once. */
const loaded = new Map<Place["page"], Page>();

function Shown({ place }: { place: Place }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  const style = usePageStyle(place.page === "creator" ? CREATOR_STYLE : CATALOG_STYLE);
  const Page = loaded.get(place.page);
  useEffect(() => {
    if (loaded.has(place.page)) return;
    let gone = false;
    const load = () =>
      loadCode(PAGES[place.page]).then(
        (module) => {
          loaded.set(place.page, module.default);
          if (!gone) redraw((n) => n + 1);
        },
        () => !gone && setFailed(true),
      );
    void load();
    const stop = onRecovered(() => {
      setFailed(false);
      void load();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [place.page]);
  if (Page && style === "ready") return <Page key={identity(place)} {...place} />;
  return <div className="page">{failed || style === "failed" ? <Unloadable /> : <Skeleton />}</div>;
}

/** What makes a page another one, rather than the same with something changed. */
function identity(place: Place): string {
  const { page, ...rest } = place as Place & { version?: string };
  if (page === "creator") return page; // a new draft gets an address of its own while it is being edited
  delete (rest as { version?: string | null }).version;
  return `${page} ${Object.values(rest).join(" ")}`;
}

function Unloadable() {
  return (
    <Empty
      icon="error"
      title="This page could not be loaded"
      actions={
        <button type="button" className="btn" onClick={() => location.reload()}>
          Load it again
        </button>
      }
    >
      The hub does not send its code. It is asked for again when the hub answers; after an update, load the page again.
    </Empty>
  );
}

function NotFound() {
  useTitle("Not found");
  return (
    <div className="page">
      <h1 className="sr">Not found</h1>
      <Empty
        icon="search"
        title="There is no such page"
        actions={<LinkButton href="/">Go to the start page</LinkButton>}
      >
        The address may be mistyped, or what it showed is gone.
      </Empty>
    </div>
  );
}

/** Exchanges the code behind the # of the printed link, and says who one is. */
function useSignIn() {
  useEffect(() => {
    const code = new URLSearchParams(location.hash.slice(1)).get("code");
    const begin = async () => {
      if (!code) return loadSession();
      history.replaceState(history.state, "", location.pathname + location.search);
      try {
        await signIn(code);
        toast("Signed in: this browser may publish, save and launch");
      } catch {
        toast("That link is not good any more. The hub prints a fresh one when it starts.", { tone: "bad" });
        await loadSession();
      }
    };
    begin().catch(() => {});
    return onRecovered(() => void loadSession().catch(() => {}));
  }, []);
}
