/** Short texts in code letters. */
import type { ReactNode } from "react";
import { yamlLine } from "./highlight.ts";

/** One line, coloured when it is YAML. */
export function CodeLine({ text, language }: { text: string; language: string }): ReactNode {
  if (language !== "yaml") return text;
  return yamlLine(text).map((piece, i) =>
    piece.look ? (
      <i key={i} className={piece.look}>
        {piece.text}
      </i>
    ) : (
      piece.text
    ),
  );
}

/** A block that scrolls sideways and can be reached to do so by keyboard. */
export const CodeBlock = ({ text, language, label }: { text: string; language: string; label: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section className="code" aria-label={label} tabIndex={0}>
    {text
      .replace(/\n$/, "")
      .split("\n")
      .map((line, i) => (
        <div key={i} className="code-line">
          <CodeLine text={line} language={language} />
        </div>
      ))}
  </section>
);
