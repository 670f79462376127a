/* The whole pipeline in the corner. Drawn once for each change of the document, not for each move. */
import { useReactFlow, useStore } from "@xyflow/react";
import { memo, useMemo } from "react";
import { boxOf, type Flow, type FlowNode } from "./flow.ts";

const WIDTH = 148;
const HEIGHT = 96;

type Frame = { x: number; y: number; width: number; height: number };

export function MiniMap({ flow, selected }: { flow: Flow; selected: ReadonlySet<string> }) {
  const { setCenter, getZoom } = useReactFlow();
  const frame = useMemo(() => framed(boxOf(flow.nodes)), [flow]);
  const go = (event: React.PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const x = frame.x + ((event.clientX - box.left) / box.width) * frame.width;
    const y = frame.y + ((event.clientY - box.top) / box.height) * frame.height;
    void setCenter(x, y, { zoom: getZoom() });
  };
  if (flow.nodes.length === 0) return null;
  return (
    <div className="map wide" aria-hidden="true">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: hidden, as all it shows is on the canvas */}
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={go}
      >
        <Blocks flow={flow} selected={selected} />
        <View frame={frame} />
      </svg>
    </div>
  );
}

const Blocks = memo(function Blocks({ flow, selected }: { flow: Flow; selected: ReadonlySet<string> }) {
  const [plain, bad, chosen]: [string[], string[], string[]] = [[], [], []];
  for (const node of flow.nodes) {
    const list = selected.has(node.id) ? chosen : node.type === "task" && node.data.errors ? bad : plain;
    list.push(block(node));
  }
  return (
    <>
      <path className="map-node" d={plain.join("")} />
      <path className="map-node bad" d={bad.join("")} />
      <path className="map-node sel" d={chosen.join("")} />
    </>
  );
});

const block = ({ position: { x, y }, width = 0, height = 0 }: FlowNode) => `M${x} ${y}h${width}v${height}h${-width}z`;

/** As far as it is within the map. */
function View({ frame }: { frame: Frame }) {
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const pixel = frame.width / WIDTH;
  const left = Math.max(-x / zoom, frame.x + pixel);
  const top = Math.max(-y / zoom, frame.y + pixel);
  const right = Math.min((width - x) / zoom, frame.x + frame.width - pixel);
  const bottom = Math.min((height - y) / zoom, frame.y + frame.height - pixel);
  return (
    <rect
      className="map-view"
      x={left}
      y={top}
      width={Math.max(0, right - left)}
      height={Math.max(0, bottom - top)}
      strokeWidth={pixel * 1.5}
      rx={pixel * 3}
    />
  );
}

/** With a margin, in the shape of the map. */
function framed(box: Frame | null): Frame {
  if (!box) return { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const scale = Math.max((box.width * 1.1 + 80) / WIDTH, (box.height * 1.1 + 80) / HEIGHT);
  const [width, height] = [WIDTH * scale, HEIGHT * scale];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}
