/** A field for each input of a pipeline. */
import type { Port } from "../../net/types.ts";
import { Button, Field } from "../../ui/controls.tsx";
import { givenValue, isRequired, type ParameterValues } from "./parameters.ts";
import { ValueField } from "./value-field.tsx";
import { fieldKind, shownDefault, valueHelp, valueText } from "./values.ts";

interface ParameterFormProps {
  inputs: readonly Port[];
  values: ParameterValues;
  /** by name of the input */
  faults: ReadonlyMap<string, string>;
  disabled?: boolean;
  onChange(name: string, value: string | null): void;
}

export function ParameterForm({ inputs, values, faults, disabled, onChange }: ParameterFormProps) {
  return (
    <>
      {inputs.map((port) => {
        const byDefault = valueText(port.default);
        const value = givenValue(values, port.name);
        const required = isRequired(port);
        const help = [port.description, valueHelp(port.type) && `${valueHelp(port.type)}.`].filter(Boolean).join(" ");
        return (
          <Field
            key={port.name}
            error={faults.get(port.name)}
            help={value === "" ? `${help} Empty text, not the default.`.trim() : help}
            label={
              <>
                <span className="mono">{port.name}</span>
                {port.type && <span className="dim mono xs">{port.type}</span>}
                <span className="grow" />
                <span className="dim xs">{required ? "required" : byDefault === null ? "optional" : ""}</span>
              </>
            }
          >
            {({ id, describedBy, invalid }) => (
              <div className="value-row">
                <ValueField
                  id={id}
                  type={port.type}
                  value={value}
                  byDefault={byDefault}
                  placeholder={placeholderOf(port, byDefault)}
                  describedBy={describedBy}
                  invalid={invalid}
                  required={required}
                  disabled={disabled ?? false}
                  onChange={(next) => onChange(port.name, next)}
                />
                {value !== null && byDefault !== null && !disabled && (
                  <Button
                    look="quiet"
                    size="s"
                    aria-label={`Reset ${port.name}`}
                    onClick={() => onChange(port.name, null)}
                  >
                    Reset
                  </Button>
                )}
              </div>
            )}
          </Field>
        );
      })}
    </>
  );
}

function placeholderOf(port: Port, byDefault: string | null): string | undefined {
  if (byDefault === null) return undefined;
  const shown = shownDefault(byDefault);
  return byDefault === "" || fieldKind(port.type) === "boolean" ? `Default: ${shown}` : shown;
}
