/** Files that are dragged over the page. */
import { type DragEvent, useEffect, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { toast } from "../ui/toast.tsx";

const carriesFiles = (event: globalThis.DragEvent) => [...(event.dataTransfer?.types ?? [])].includes("Files");

interface Props {
  take(files: readonly File[]): void;
  /** What dropping does, and what it does not do. */
  title: string;
  note: string;
  /** What is said of folders, which are left out. */
  folders: string;
}

/** The whole window takes files; where they go shows while something is dragged. */
export function DropOverlay({ take, title, note, folders }: Props) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const enter = (event: globalThis.DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    addEventListener("dragenter", enter);
    addEventListener("dragover", enter);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragover", enter);
    };
  }, []);
  if (!over) return null;
  const drop = (event: DragEvent<HTMLDivElement>) => {
    event.preventDefault();
    setOver(false);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    if (entries.some((entry) => entry?.isDirectory)) toast(folders, { tone: "bad" });
    const files = [...event.dataTransfer.files].filter((_, i) => !entries[i]?.isDirectory);
    if (files.length) take(files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only there while something is dragged; the button does the same
    <div
      className="drop-over"
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="dropz over">
        <Icon name="upload" size={20} />
        <b>{title}</b>
        <span className="dim sm">{note}</span>
      </div>
    </div>
  );
}
