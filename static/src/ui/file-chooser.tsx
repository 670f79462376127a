/** The dialog of the browser that chooses files: a hidden field to put on the page, and what opens it. */
import { useRef } from "react";

export function useFileChooser(take: (files: readonly File[]) => void) {
  const ref = useRef<HTMLInputElement>(null);
  const input = (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      onChange={(event) => {
        take([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = ""; // the same file may be chosen again
      }}
    />
  );
  return { input, open: () => ref.current?.click() };
}
