/** Code and differences, loaded when they are first shown. */
import { lazily } from "../../ui/lazy.tsx";

export const Code = lazily(() => import("./code-view.tsx"));
export const DiffView = lazily(() => import("./diff-view.tsx"));
