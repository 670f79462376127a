/** What goes in and what comes out. */
import { isRequired } from "../../model/interface.ts";
import type { Port, Version } from "../../net/types.ts";
import { Badge } from "../../ui/controls.tsx";
import { PortType } from "../../ui/ports.tsx";

export function PortTables({ version }: { version: Version }) {
  const { inputs, outputs } = version.interface;
  return (
    <div className="port-tables">
      {inputs.length > 0 ? <Inputs ports={inputs} /> : <p className="muted">It takes no inputs.</p>}
      {outputs.length > 0 ? <Outputs ports={outputs} /> : <p className="muted">It gives no outputs.</p>}
    </div>
  );
}

const Inputs = ({ ports }: { ports: Port[] }) => (
  <div className="panel">
    <table className="table ports stack">
      <thead>
        <tr>
          <th>Input</th>
          <th>Type</th>
          <th>
            <span className="sr">Required</span>
          </th>
          <th>Default</th>
          <th>Description</th>
        </tr>
      </thead>
      <tbody>
        {ports.map((port) => (
          <tr key={port.name}>
            <td className="mono">{port.name}</td>
            <td>
              <PortType type={port.type} />
            </td>
            <td>{isRequired(port) ? <Badge tone="acc">Required</Badge> : <span className="dim">Optional</span>}</td>
            <td className="mono sm" data-label="default">
              <Default value={port.default} />
            </td>
            <td className="muted">{port.description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Outputs = ({ ports }: { ports: Port[] }) => (
  <div className="panel">
    <table className="table ports stack">
      <thead>
        <tr>
          <th>Output</th>
          <th>Type</th>
          <th>Description</th>
        </tr>
      </thead>
      <tbody>
        {ports.map((port) => (
          <tr key={port.name}>
            <td className="mono">{port.name}</td>
            <td>
              <PortType type={port.type} />
            </td>
            <td className="muted">{port.description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export function Default({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="dim">none</span>;
  if (value === "") return <span className="dim">empty text</span>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (
    <span className="default" title={text.length > 60 ? text : undefined}>
      {text}
    </span>
  );
}
