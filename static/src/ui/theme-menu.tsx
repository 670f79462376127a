/** The choice of light and dark. */
import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";
import { Menu } from "./menu.tsx";
import { setTheme, type Theme, theme } from "./theme.ts";

const THEMES: { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function ThemeMenu() {
  const [now, setNow] = useState(theme);
  useEffect(() => {
    const changed = () => setNow(theme());
    addEventListener("hub:theme", changed);
    return () => removeEventListener("hub:theme", changed);
  }, []);
  return (
    <Menu label="Theme" className="btn quiet icon" align="right" button={<Icon name="moon" />}>
      {(close) =>
        THEMES.map((t) => (
          <button
            key={t.value}
            type="button"
            role="menuitemradio"
            aria-checked={t.value === now}
            onClick={() => {
              setTheme(t.value);
              close();
            }}
          >
            {t.label}
            {t.value === now && <Icon name="check" />}
          </button>
        ))
      }
    </Menu>
  );
}
