/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

export function theme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "system";
}

export function setTheme(next: Theme) {
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch {
    // Storage is switched off: it holds until the page is closed.
  }
  dispatchEvent(new Event("hub:theme"));
}

/** Another tab has changed it. */
addEventListener("storage", (event) => {
  if (event.key !== "theme") return;
  const next = event.newValue;
  if (next === "light" || next === "dark") document.documentElement.dataset.theme = next;
  else delete document.documentElement.dataset.theme;
  dispatchEvent(new Event("hub:theme"));
});
