/** The rows of a text comparison; shared lines far from a change are folded until they are asked for. */
import { useMemo, useState } from "react";
import { CodeLine } from "../../ui/code.tsx";
import { counted } from "../../ui/format.ts";
import { type DiffRow, folded, unified } from "./text-diff.ts";

interface Props {
  rows: DiffRow[];
  look: "split" | "unified";
  from: string;
  to: string;
}

export function TextDiff({ rows, look, from, to }: Props) {
  const parts = useMemo(() => folded(look === "split" ? rows : unified(rows)), [rows, look]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  if (rows.every((row) => row.look === "same")) return <p className="in muted">The text is the same.</p>;
  const Row = look === "split" ? SplitRow : UnifiedRow;
  const columns = look === "split" ? 4 : 3;
  return (
    <table className={`textdiff ${look === "split" ? "sides" : "unified"}`}>
      <caption className="sr">
        Lines of {from} and {to}
      </caption>
      <colgroup>
        <col className="n" />
        {look === "split" && <col />}
        <col className="n" />
        <col />
      </colgroup>
      {parts.map((part, i) => (
        <tbody key={i}>
          {part.kind === "fold" && !open.has(i) ? (
            <tr className="fold">
              <td colSpan={columns}>
                <button type="button" className="btn quiet s" onClick={() => setOpen(new Set([...open, i]))}>
                  Show {counted(part.rows.length, "line")} that did not change
                </button>
              </td>
            </tr>
          ) : (
            part.rows.map((row, j) => <Row key={j} row={row} />)
          )}
        </tbody>
      ))}
    </table>
  );
}

type Side = { n: number; text: string } | null;

const Cell = ({ side, look }: { side: Side; look: "" | "del" | "add" }) => (
  <>
    <td className={`n ${look}`}>{side?.n}</td>
    <td className={side ? look : "gap"}>
      {side && look && <span className="sr">{look === "del" ? "Taken out: " : "Put in: "}</span>}
      {side && <CodeLine text={side.text} language="yaml" />}
    </td>
  </>
);

const SplitRow = ({ row }: { row: DiffRow }) => (
  <tr>
    <Cell side={row.left} look={row.look === "same" || !row.left ? "" : "del"} />
    <Cell side={row.right} look={row.look === "same" || !row.right ? "" : "add"} />
  </tr>
);

function UnifiedRow({ row }: { row: DiffRow }) {
  const look = row.look === "same" ? "" : row.left ? "del" : "add";
  const side = row.right ?? row.left;
  return (
    <tr>
      <td className={`n ${look}`}>{row.left?.n}</td>
      <td className={`n ${look}`}>{row.right?.n}</td>
      <td className={look}>
        {look && <span className="sr">{look === "del" ? "Taken out: " : "Put in: "}</span>}
        {side && <CodeLine text={side.text} language="yaml" />}
      </td>
    </tr>
  );
}
