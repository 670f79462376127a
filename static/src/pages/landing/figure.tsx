/** A small picture for each kind: what assets of it are joined with. */
import type { Kind } from "../../net/types.ts";
import sprite from "../../style/icons.svg";

interface Node {
  kind: Kind;
  label: string;
  x: number;
  y: number;
  width: number;
  /** Drawn stronger: what the page is about. */
  main?: boolean;
}
type Port = "dataset" | "model" | "boolean" | "metrics" | "artifact" | "any";
/** From the right side of a node to the left side of another, `down` pixels below its middle. */
type Edge = [from: number, to: number, port: Port, down?: number];

interface Picture {
  label: string;
  nodes: Node[];
  edges: Edge[];
}

const HEIGHT = 46;
/** Values are circles and dashed, files are squares. */
const isValue = (port: Port) => port === "boolean" || port === "any";

const node = (kind: Kind, label: string, x: number, y: number, width: number, main = false): Node => ({
  kind,
  label,
  x,
  y,
  width,
  main,
});

const PICTURES: Record<Kind | "all", Picture> = {
  all: {
    label: "Datasets, components, models and operators joined into a pipeline",
    nodes: [
      node("dataset", "Dataset", 6, 24, 112),
      node("notebook", "Notebook", 6, 120, 112),
      node("component", "Component", 164, 72, 124, true),
      node("model", "Model", 334, 24, 104),
      node("operator", "Operator", 334, 120, 104),
    ],
    edges: [
      [0, 2, "dataset", -6],
      [1, 2, "artifact", 6],
      [2, 3, "model"],
      [2, 4, "boolean"],
    ],
  },
  component: {
    label: "Four components joined into a pipeline",
    nodes: [
      node("dataset", "Load table", 6, 72, 126),
      node("component", "Train model", 170, 27, 136, true),
      node("notebook", "Check fairness", 170, 119, 136),
      node("operator", "Deploy", 334, 72, 104),
    ],
    edges: [
      [0, 1, "dataset"],
      [0, 2, "dataset"],
      [1, 3, "model", -4],
      [2, 3, "boolean", 8],
    ],
  },
  pipeline: {
    label: "A pipeline used as one task of another",
    nodes: [
      node("component", "Split", 6, 72, 96),
      node("pipeline", "Train, evaluate", 146, 24, 144, true),
      node("pipeline", "Train, evaluate", 146, 120, 144, true),
      node("component", "Pick best", 334, 72, 108),
    ],
    edges: [
      [0, 1, "dataset"],
      [0, 2, "dataset"],
      [1, 3, "metrics", -6],
      [2, 3, "metrics", 6],
    ],
  },
  model: {
    label: "A model that is tested and served",
    nodes: [
      node("component", "Train", 6, 72, 96),
      node("model", "Model 2.0.0", 146, 72, 128, true),
      node("component", "Test", 326, 24, 112),
      node("operator", "Serve", 326, 120, 112),
    ],
    edges: [
      [0, 1, "model"],
      [1, 2, "model"],
      [1, 3, "model"],
    ],
  },
  notebook: {
    label: "A notebook run as a task between a table and a report",
    nodes: [
      node("dataset", "Table", 6, 72, 100),
      node("notebook", "Explore", 152, 72, 120, true),
      node("component", "Report", 326, 24, 112),
      node("component", "Train", 326, 120, 112),
    ],
    edges: [
      [0, 1, "dataset"],
      [1, 2, "artifact"],
      [1, 3, "boolean"],
    ],
  },
  operator: {
    label: "An operator that pipelines rely on",
    nodes: [
      node("pipeline", "Nightly train", 6, 24, 130),
      node("component", "Deploy", 6, 120, 130),
      node("operator", "Operator", 182, 72, 118, true),
      node("model", "Model", 346, 72, 94),
    ],
    edges: [
      [0, 2, "any", -6],
      [1, 2, "any", 6],
      [2, 3, "model"],
    ],
  },
  dataset: {
    label: "A dataset read by three tasks",
    nodes: [
      node("dataset", "Dataset", 6, 72, 120, true),
      node("component", "Train", 196, 6, 124),
      node("component", "Check quality", 196, 72, 132),
      node("notebook", "Explore", 196, 138, 124),
      node("model", "Model", 352, 6, 90),
    ],
    edges: [
      [0, 1, "dataset", 4],
      [0, 2, "dataset"],
      [0, 3, "dataset", -4],
      [1, 4, "model"],
    ],
  },
};

const right = (n: Node) => n.x + n.width;
const middle = (n: Node) => n.y + HEIGHT / 2;
const colour = (port: Port) => `var(--port-${port})`;

function Mark({ x, y, port }: { x: number; y: number; port: Port }) {
  if (isValue(port)) return <circle cx={x} cy={y} r="4" fill={colour(port)} />;
  return <rect x={x - 4} y={y - 4} width="8" height="8" rx="1.5" fill={colour(port)} />;
}

export function Figure({ of }: { of: Kind | "all" }) {
  const { label, nodes, edges } = PICTURES[of];
  const lines = edges.map(([from, to, port, down = 0]) => {
    const [a, b] = [nodes[from]!, nodes[to]!];
    return { port, x1: right(a), y1: middle(a), x2: b.x, y2: middle(b) + down };
  });
  return (
    <figure className="figure">
      <svg viewBox="0 0 446 190" role="img" aria-label={label}>
        {lines.map(({ port, x1, y1, x2, y2 }) => (
          <path
            key={`${x1} ${y1} ${x2} ${y2}`}
            d={`M${x1} ${y1}C${x1 + 24} ${y1} ${x2 - 24} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke={colour(port)}
            strokeWidth="1.5"
            strokeDasharray={isValue(port) ? "5 4" : undefined}
          />
        ))}
        {nodes.map((n) => (
          <g key={`${n.x} ${n.y}`} className={`k-${n.kind}`}>
            <rect
              className={n.main ? "figure-node main" : "figure-node"}
              x={n.x}
              y={n.y}
              width={n.width}
              height={HEIGHT}
              rx="9"
            />
            <rect className="figure-tile" x={n.x + 9} y={n.y + 11} width="24" height="24" rx="6" />
            {/* biome-ignore lint/a11y/noSvgWithoutTitle: a part of the picture, which has a label */}
            <svg className="figure-icon" x={n.x + 13} y={n.y + 15} width="16" height="16" viewBox="0 0 20 20">
              <use href={`${sprite}#${n.kind}`} />
            </svg>
            <text x={n.x + 41} y={n.y + 27.5}>
              {n.label}
            </text>
          </g>
        ))}
        {lines.map(({ port, x1, y1, x2, y2 }) => (
          <g key={`${x1} ${y1} ${x2} ${y2}`}>
            <Mark x={x1} y={y1} port={port} />
            <Mark x={x2} y={y2} port={port} />
          </g>
        ))}
      </svg>
    </figure>
  );
}
