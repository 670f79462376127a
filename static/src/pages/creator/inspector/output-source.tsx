/** Where the value of an output of the pipeline comes from, and the choice of it. */
import { changeOutput } from "../../../model/edit.ts";
import { actions, useCreator } from "../store.ts";
import { SOURCE_WORDS, SourceMenu, SourceText } from "./source-menu.tsx";

export function OutputSource({ name, brief }: { name: string; brief?: boolean }) {
  const document = useCreator((c) => c.document);
  const readOnly = useCreator((c) => c.readOnly);
  const source = document.outputValues.get(name);
  const word = source ? SOURCE_WORDS[source.kind] : "Choose";
  return (
    <div className={`bind ${source ? "ref" : ""}`}>
      {source ? <SourceText source={source} /> : <span className="muted">Nothing yet</span>}
      {!readOnly && (
        <SourceMenu
          label={brief ? `Choose the value of ${name}` : `${word}: choose the value of ${name}`}
          button={brief ? null : word}
          target={{ output: name }}
          current={source}
          onPick={(next) => actions.change(`Value of the output ${name}`, (doc) => changeOutput(doc, name, {}, next))}
        />
      )}
    </div>
  );
}
