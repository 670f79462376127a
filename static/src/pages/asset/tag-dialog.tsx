/** Tags: names that follow a version, set, moved and dropped here. */
import { useEffect, useRef, useState } from "react";
import { explainRefusal, mayChange } from "../../features/sign-in.tsx";
import { deleteTag, putTag } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import { Button, Chip, Field } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { ShownProps } from "./asset.tsx";

export function TagDialog({ asset, etag, version, close }: ShownProps & { close(): void }) {
  const [tag, setTag] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const name = tag.trim();
  const moved = Object.hasOwn(asset.tags, name) ? asset.tags[name] : undefined;

  const act = async (done: string, call: () => Promise<unknown>) => {
    if (busy || !mayChange("set tags", () => void act(done, call))) return;
    setBusy(true);
    setError(undefined);
    try {
      await call();
      toast(done);
      return true;
    } catch (cause) {
      if (explainRefusal(cause, "set tags", () => void act(done, call))) return;
      setError(
        !(cause instanceof ApiError)
          ? String(cause)
          : cause.status === 412
            ? "The asset changed in the meantime. It is loaded again: try once more."
            : [cause.message, cause.hint].filter(Boolean).join(" "),
      );
    } finally {
      setBusy(false);
    }
  };
  const set = async () => {
    if (!name) return setError("Give the tag a name, such as stable.");
    if (/^\d/.test(name)) return setError("A tag begins with a letter, so that it is not taken for a version.");
    const words = `Tag ${name} is version ${version.version} now`;
    if (await act(words, () => putTag(asset, name, version.version, etag))) close();
  };

  return (
    <Dialog
      title="Set tag"
      onClose={close}
      onSubmit={() => void set()}
      foot={
        <>
          <Button onClick={close}>Close</Button>
          <Button look="primary" type="submit" busy={busy}>
            {moved && moved !== version.version ? "Move tag" : "Set tag"}
          </Button>
        </>
      }
    >
      <Field
        label={`Tag for version ${version.version}`}
        help={
          moved && moved !== version.version
            ? `${name} is ${moved} today; it moves to ${version.version}.`
            : "Pipelines that name the tag use the version it stands for when they are compiled."
        }
        error={error}
      >
        {({ id, describedBy, invalid }) => (
          <input
            ref={input}
            id={id}
            className={`input ${invalid ? "bad" : ""}`}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            autoComplete="off"
            spellCheck={false}
            maxLength={128}
            placeholder="stable"
            value={tag}
            onInput={(event) => setTag(event.currentTarget.value)}
          />
        )}
      </Field>
      {Object.keys(asset.tags).length > 0 && (
        <div>
          <p className="label">Tags there are</p>
          <div className="row wrap">
            {Object.entries(asset.tags).map(([known, at]) => (
              <Chip
                key={known}
                label={`Drop the tag ${known}`}
                remove={() => void act(`Tag ${known} dropped`, () => deleteTag(asset, known, etag))}
              >
                {known}: {at}
              </Chip>
            ))}
          </div>
        </div>
      )}
    </Dialog>
  );
}
