/** The file as it was published, with lines that have an address. */
import { useEffect, useRef, useState } from "react";
import { Code } from "../../features/code/lazy-code.tsx";
import { contentUrl, getContent } from "../../net/hub.ts";
import type { Version } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { CopyButton, LinkButton } from "../../ui/controls.tsx";
import { bytes, counted } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { chooseLine, type Lines, readLines, writeLines } from "./lines.ts";

export const contentKey = (version: Version) =>
  `content ${version.kind} ${version.namespace}/${version.name} ${version.digest}`;

const JSON_FORMATS = ["ipynb", "elyra-pipeline"];

export const sourceLanguage = (version: Version): "json" | "yaml" =>
  JSON_FORMATS.includes(version.format) ? "json" : "yaml";

export function Source({ version }: { version: Version }) {
  const content = useResource(contentKey(version), (signal) => getContent(version, version.version, signal));
  const [lines, choose] = useLines();
  const stretch = useRef(false);
  return (
    <Loaded resource={content} lines={10}>
      {(text) => (
        <div className="panel source">
          <header>
            <span className="grow dim num">
              {counted(text.replace(/\n$/, "").split("\n").length, "line")}, {bytes(version.size)}
              {lines && <> · {lines.from === lines.to ? `line ${lines.from}` : `lines ${lines.from} to ${lines.to}`}</>}
            </span>
            {lines && <CopyButton label="Copy link" text={location.href} />}
            <CopyButton label="Copy file" text={text} />
            <LinkButton size="s" icon="ext" href={contentUrl(version, version.version)} target="_blank">
              Raw
            </LinkButton>
          </header>
          {/* Shift tells whether the choice is stretched. */}
          <div className="source-code" onPointerDownCapture={(event) => (stretch.current = event.shiftKey)}>
            <Code
              text={text}
              language="yaml"
              label={`File of version ${version.version}`}
              selectedLines={lines}
              onLine={(line) => choose(line, stretch.current)}
              readOnly
            />
          </div>
        </div>
      )}
    </Loaded>
  );
}

/** The lines that the fragment names; choosing some changes it. */
function useLines(): [Lines | null, (line: number, stretch: boolean) => void] {
  const [lines, setLines] = useState(() => readLines(location.hash));
  useEffect(() => {
    const read = () => setLines(readLines(location.hash));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const choose = (line: number, stretch: boolean) => {
    const next = chooseLine(readLines(location.hash), line, stretch);
    history.replaceState(history.state, "", location.pathname + location.search + writeLines(next));
    setLines(next);
  };
  return [lines, choose];
}
