/** "/lint": Tekton's verdict on texts that are pasted, dropped or opened; looked at as they are typed, never stored. */
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Place } from "../../features/code/code-view.tsx";
import { DropOverlay } from "../../features/drop-overlay.tsx";
import { loadCode } from "../../net/load-code.ts";
import { setQuery, useQuery, useTitle } from "../../route/router.tsx";
import { Button, Segmented, Tabs } from "../../ui/controls.tsx";
import { download } from "../../ui/download.ts";
import { useFileChooser } from "../../ui/file-chooser.tsx";
import { counted } from "../../ui/format.ts";
import { toast } from "../../ui/toast.tsx";
import { Documents, Explained } from "./documents.tsx";
import { EXAMPLE } from "./example.ts";
import { Problems } from "./problems.tsx";
import {
  type Answer,
  emptySource,
  type Found,
  foundIn,
  GATES,
  LIMIT,
  MOST_FILES,
  type Rules,
  readGate,
  type Source,
  spanOf,
  stepTo,
  tally,
  USUAL_GATE,
  without,
  withText,
  withTexts,
} from "./sources.ts";
import { TextPanel, Ways } from "./text-panel.tsx";
import { type Look, useLook, useOtherGates } from "./use-look.ts";

/** What was typed is there again for who comes back to the page. */
let kept: Source[] = [emptySource()];

export default function Lint() {
  useTitle("Check Tekton YAML");
  const query = useQuery();
  const gate = readGate(query.get("gate"));
  const tektonOnly = query.get("tekton_only") === "true";
  const rules = useMemo(() => ({ gate, tektonOnly }), [gate, tektonOnly]);
  const [sources, setSources] = useState(kept);
  kept = sources;
  const [currentId, setCurrent] = useState(kept[0]!.id);
  const current = sources.find((source) => source.id === currentId) ?? sources[0]!;
  const { looks, report } = useLooks();
  const answers = useMemo(() => answersOf(looks), [looks]);
  const found = useMemo(() => foundIn(sources, answers), [sources, answers]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [goTo, setGoTo] = useState<{ id: number; place: Place } | null>(null);
  const look = looks.get(current.id);

  const put = useCallback((texts: { name: string; text: string }[]) => {
    if (!texts.length) return;
    setSources((before) => {
      const after = withTexts(before, texts);
      setCurrent(after[after.length - texts.length]!.id);
      return after;
    });
    setChosen(null);
  }, []);
  const take = useCallback(async (files: readonly File[]) => put(await readFiles(files)), [put]);
  const show = (source: Source, line: number) => {
    setCurrent(source.id);
    if (line > 0) setGoTo({ id: source.id, place: { line, column: 0 } });
  };
  const choose = useCallback((each: Found) => {
    setChosen(each.key);
    setCurrent(each.source.id);
    if (each.problem.line) setGoTo({ id: each.source.id, place: placeOf(each) });
  }, []);
  const remove = () => {
    setSources((before) => without(before, current.id));
    toast(`Closed ${current.name}`, { action: { label: "Undo", run: () => put([current]) } });
  };
  const mend = useMend(looks, setSources, choose);
  useProblemKeys(found, chosen, choose);
  const files = useFileChooser(take);

  const panel = (
    <TextPanel
      source={current}
      look={look}
      goTo={goTo?.id === current.id ? goTo.place : null}
      tektonOnly={tektonOnly}
      change={(text) => setSources((before) => withText(before, current.id, text))}
      remove={remove}
      onLine={(line) => {
        const at = found.find((each) => each.source.id === current.id && each.problem.line === line);
        if (at) setChosen(at.key);
      }}
      ways={<Ways choose={files.open} example={() => put([{ name: "example.yaml", text: EXAMPLE }])} />}
    />
  );
  const empty = sources.every((source) => source.text === "");
  return (
    <div className="scroll" data-scroll>
      <div className="page lint">
        <div className="row wrap lint-head">
          <h1 className="grow">Check Tekton YAML</h1>
          <Settings rules={rules} />
          <span className="row lint-acts">
            <Button icon="upload" onClick={files.open}>
              Open files
            </Button>
            <Button
              icon="download"
              title="What was found, as component-hub lint --format json writes it"
              disabled={answers.size === 0}
              onClick={() => downloadReport(sources, answers)}
            >
              Report
            </Button>
          </span>
        </div>
        {sources.map((source) => (
          <Checker key={source.id} source={source} rules={rules} report={report} />
        ))}
        <div className="lint-cols">
          <div className="lint-main">
            {sources.length > 1 ? (
              <Tabs
                label="Texts"
                tabs={sources.map((source) => ({
                  id: String(source.id),
                  label: source.name,
                  count: answers.get(source.id)?.problems.length,
                }))}
                value={String(current.id)}
                onChange={(id) => {
                  setCurrent(Number(id));
                  setGoTo(null); // the focus stays with the tabs
                }}
              >
                {panel}
              </Tabs>
            ) : (
              panel
            )}
          </div>
          <div className="lint-side">
            {empty ? (
              <Explained />
            ) : (
              <>
                <Documents sources={sources} looks={looks} current={current.id} show={show} />
                <Problems found={found} chosen={chosen} choose={choose} mend={mend} named={sources.length > 1} />
              </>
            )}
          </div>
        </div>
        <OtherGates source={current} rules={rules} answer={answers.get(current.id) ?? null} />
        {files.input}
      </div>
      <DropOverlay
        take={(list) => void take(list)}
        title="Drop to check"
        note="Nothing is stored."
        folders="Folders are not read. Drop the files in it."
      />
    </div>
  );
}

function Settings({ rules }: { rules: Rules }) {
  const id = useId();
  return (
    <span className="row wrap lint-rules">
      <span className="row lint-only">
        <button
          type="button"
          className="switch"
          role="switch"
          aria-checked={rules.tektonOnly}
          aria-labelledby={id}
          onClick={() => setQuery({ tekton_only: rules.tektonOnly ? null : "true" }, { replace: true })}
        />
        <span id={id} className="muted sm">
          Tekton's rules only
        </span>
      </span>
      <span className="row sm">
        <span className="muted" aria-hidden="true">
          Gate
        </span>
        <Segmented
          label="Gate of API fields"
          value={rules.gate}
          onChange={(gate) => setQuery({ gate: gate === USUAL_GATE ? null : gate }, { replace: true })}
          options={GATES.map((gate) => ({ value: gate, label: gate }))}
        />
      </span>
    </span>
  );
}

/** Looks at one text for as long as it is there. */
function Checker({
  source,
  rules,
  report,
}: {
  source: Source;
  rules: Rules;
  report(id: number, look: Look | null): void;
}) {
  const look = useLook(source.text, rules);
  const { answer, error, checking } = look;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` is another object each time, what it says is not
  useEffect(() => report(source.id, look), [answer, error, checking]);
  useEffect(() => () => report(source.id, null), [source.id, report]);
  return null;
}

function useLooks() {
  const [looks, setLooks] = useState<ReadonlyMap<number, Look>>(new Map());
  const report = useCallback((id: number, look: Look | null) => {
    setLooks((before) => {
      const after = new Map(before);
      if (look) after.set(id, look);
      else after.delete(id);
      return after;
    });
  }, []);
  return { looks, report };
}

const answersOf = (looks: ReadonlyMap<number, Look>): Map<number, Answer> =>
  new Map([...looks].flatMap(([id, { answer }]) => (answer ? [[id, answer] as const] : [])));

function placeOf({ source, problem }: Found): Place {
  const line = problem.line ?? 1;
  const text = source.text.split("\n")[line - 1] ?? "";
  // Fingers read first: with the focus a keyboard would come up over what is shown.
  return { line, column: spanOf(text, problem)?.from ?? 0, look: matchMedia("(pointer: coarse)").matches };
}

/** Changes the text as a problem says; the focus goes to its place, where Ctrl Z takes it back. */
function useMend(
  looks: ReadonlyMap<number, Look>,
  setSources: (change: (before: Source[]) => Source[]) => void,
  choose: (each: Found) => void,
) {
  return (each: Found) => {
    const { source, problem } = each;
    if (looks.get(source.id)?.checking) return toast("The text has changed and is being checked: apply it after that.");
    const put = ({ applyFix }: typeof import("../../model/fix.ts")) => {
      const text = applyFix(source.text, problem.line ?? 0, problem.column ?? 0, problem.fix ?? []);
      if (text === null) return toast("This fix does not fit the way the text is written.", { tone: "bad" });
      choose(each);
      setSources((before) =>
        before.some(({ id, text }) => id === source.id && text === source.text)
          ? withText(before, source.id, text)
          : before,
      );
    };
    loadCode(() => import("../../model/fix.ts")).then(put, () =>
      toast("The hub does not send this part of the page. Try again when it answers.", { tone: "bad" }),
    );
  };
}

function useProblemKeys(found: readonly Found[], chosen: string | null, choose: (each: Found) => void) {
  const now = useRef({ found, chosen });
  now.current = { found, chosen };
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      const next = stepTo(now.current.found, now.current.chosen, event.shiftKey ? -1 : 1);
      if (!next) return;
      now.current.chosen = next.key; // keys may come faster than the page is drawn
      choose(next);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [choose]);
}

/** The texts of files, with a word about those that have none. */
async function readFiles(files: readonly File[]): Promise<{ name: string; text: string }[]> {
  const texts: { name: string; text: string }[] = [];
  for (const file of files.slice(0, MOST_FILES)) {
    if (file.size > LIMIT) {
      toast(`${file.name} has more than 8 MiB, which is what the hub takes at once.`, { tone: "bad" });
      continue;
    }
    const text = await file.text().catch(() => null);
    if (text === null) toast(`${file.name} could not be read.`, { tone: "bad" });
    else if (text.includes("\u0000") || text.includes("\ufffd")) toast(`${file.name} is not text.`, { tone: "bad" });
    else if (text.trim() === "") toast(`${file.name} is empty.`, { tone: "bad" });
    else texts.push({ name: file.name, text });
  }
  if (files.length > MOST_FILES) toast(`Only the first ${counted(MOST_FILES, "file")} were taken.`, { tone: "bad" });
  return texts;
}

/** As `component-hub lint --format json` writes it: a list of files with their documents and problems. */
function downloadReport(sources: readonly Source[], answers: ReadonlyMap<number, Answer>) {
  const files = sources.flatMap(({ id, name }) => {
    const answer = answers.get(id);
    if (!answer) return [];
    const documents = answer.documents.map((each) => ({
      apiVersion: each.api_version,
      kind: each.kind,
      name: each.name,
      line: each.line,
      verdict: each.verdict.replace("_", " "),
    }));
    return [{ file: name, documents, problems: answer.problems }];
  });
  download("lint.json", `${JSON.stringify(files, null, 2)}\n`, "application/json");
}

function OtherGates({ source, rules, answer }: { source: Source; rules: Rules; answer: Answer | null }) {
  const tallies = useOtherGates(source.text, rules, answer);
  const others = GATES.filter((gate) => tallies.has(gate));
  return (
    <p className="muted sm lint-others">
      {others.map((gate) => (
        <span key={gate}>
          With <b>{gate}</b>:{" "}
          {answer && tallies.get(gate) === tally(answer.problems) ? `the same as ${rules.gate}` : tallies.get(gate)}.{" "}
        </span>
      ))}
    </p>
  );
}
