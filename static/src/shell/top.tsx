/** The bar above a page: where one is, search, whether runs can be launched, theme, who one is. */
import type { ReactNode } from "react";
import { openSignIn } from "../features/sign-in.tsx";
import { listEngines } from "../net/hub.ts";
import { useResource } from "../net/use-resource.ts";
import { signOut, useSession } from "../net/use-session.ts";
import { Link } from "../route/router.tsx";
import { Badge, Button } from "../ui/controls.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { ThemeMenu } from "../ui/theme-menu.tsx";

export interface Crumb {
  label: string;
  href?: string | undefined;
}

const mac = typeof navigator !== "undefined" && /Mac|iP/.test(navigator.platform);
export const CONTROL = mac ? "⌘" : "Ctrl";

export function Top({ crumbs, openSearch }: { crumbs: Crumb[]; openSearch(): void }) {
  return (
    <header className="top">
      <nav className="crumbs cut" aria-label="Breadcrumb">
        <ol>
          {crumbs.map((crumb, i) => (
            <li key={crumb.label}>
              {i > 0 && <Icon name="right" size={12} />}
              {crumb.href && i < crumbs.length - 1 ? (
                <Link href={crumb.href}>{crumb.label}</Link>
              ) : (
                <b aria-current="page">{crumb.label}</b>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <span className="grow" />
      <button type="button" className="find wide" onClick={openSearch}>
        <Icon name="search" />
        <span className="grow">Search all assets and runs</span>
        <kbd>{CONTROL} K</kbd>
      </button>
      <button type="button" className="btn quiet icon narrow" onClick={openSearch} aria-label="Search everything">
        <Icon name="search" />
      </button>
      <Engines />
      <ThemeMenu />
      <Who />
    </header>
  );
}

function Engines() {
  const engines = useResource("engines", listEngines).data?.items;
  if (!engines) return null;
  const ready = engines.find((e) => e.ready);
  const why = engines.map((e) => (e.ready ? `${e.name} is ready` : `${e.name}: ${e.reason ?? "not ready"}`)).join("\n");
  return (
    <span className="wide">
      <Badge tone={ready ? "ok" : "warn"} icon={ready ? "check" : "warn"} title={why}>
        {ready ? (ready.name === "local" ? "Ready to run here" : `${ready.name} ready`) : "No engine"}
      </Badge>
    </span>
  );
}

function Who(): ReactNode {
  const session = useSession();
  if (!session) return <span className="avatar-space" />;
  if (!session.authenticated)
    return (
      <Button size="s" onClick={openSignIn}>
        Sign in
      </Button>
    );
  const name = session.principal?.name ?? "You";
  return (
    <Menu
      label={`Signed in as ${name}`}
      className="avatar"
      align="right"
      button={<span data-initials={name.slice(0, 2).toUpperCase()} />}
    >
      {(close) => (
        <>
          <p className="menu-note">
            Signed in as <b>{name}</b>: this browser may publish, save and launch.
          </p>
          {session.via === "cookie" && (
            <button
              type="button"
              role="menuitem"
              onClick={() => {
                close();
                void signOut();
              }}
            >
              Sign out
            </button>
          )}
        </>
      )}
    </Menu>
  );
}
