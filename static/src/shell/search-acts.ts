/** What can be done from anywhere. */
import { KINDS } from "../net/types.ts";
import {
  browsePlace,
  creatorPlace,
  lintPlace,
  PLURAL,
  runsPlace,
  uploadPlace,
  workspacePlace,
} from "../route/places.ts";
import { setTheme } from "../ui/theme.ts";
import { KIND_WORDS } from "../ui/words.ts";
import { fits } from "./search-query.ts";

export interface Act {
  label: string;
  icon: string;
  /** Said beside it, and searched as well. */
  hint: string;
  /** Where it leads, or what it does. */
  path?: string;
  run?: () => void;
}

export function acts(showKeys: () => void): Act[] {
  return [
    { label: "New pipeline", icon: "plus", hint: "on an empty canvas", path: creatorPlace("new") },
    { label: "Go to the start page", icon: "right", hint: "home", path: "/" },
    ...KINDS.map((kind) => ({
      label: `Go to all ${PLURAL[kind]}`,
      icon: "right",
      hint: "browse",
      path: browsePlace(kind),
    })),
    { label: "Go to drafts", icon: "right", hint: "pipeline creator", path: creatorPlace() },
    { label: "Go to runs", icon: "right", hint: "", path: runsPlace() },
    { label: "Check Tekton YAML", icon: "shield", hint: "lint, admission", path: lintPlace() },
    { label: "Go to the workspace", icon: "right", hint: "engines, tokens", path: workspacePlace() },
    ...KINDS.map((kind) => ({
      label: `Upload ${KIND_WORDS[kind].article}`,
      icon: "upload",
      hint: "publish",
      path: uploadPlace(kind),
    })),
    { label: "Use the light theme", icon: "moon", hint: "bright", run: () => setTheme("light") },
    { label: "Use the dark theme", icon: "moon", hint: "night", run: () => setTheme("dark") },
    { label: "Use the theme of the system", icon: "moon", hint: "automatic", run: () => setTheme("system") },
    { label: "Show all keys", icon: "key", hint: "keyboard shortcuts, help", run: showKeys },
  ];
}

export const findActs = (all: Act[], words: string): Act[] =>
  all.filter((act) => fits(`${act.label} ${act.hint}`, words));
