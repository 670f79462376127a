/** Withdrawing a version: what it means for others is said before. */
import { useState } from "react";
import { explainRefusal, mayChange } from "../../features/sign-in.tsx";
import { deleteVersion } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import { forget } from "../../net/use-resource.ts";
import { assetPlace } from "../../route/places.ts";
import { Link, navigate } from "../../route/router.tsx";
import { Button } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { counted } from "../../ui/format.ts";
import { toast } from "../../ui/toast.tsx";
import type { ShownProps } from "./asset.tsx";
import { usersOf, useUsers } from "./versions.tsx";

const SHOWN = 5;

export function WithdrawDialog({ asset, etag, version, versions, close }: ShownProps & { close(): void }) {
  const users = useUsers(asset, asset.used_by);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const affected = usersOf(users.data, version.version);
  const tags = Object.keys(asset.tags).filter((tag) => asset.tags[tag] === version.version);
  const next = versions.items.find((v) => !v.deleted_at && v.version !== version.version);
  const newest = asset.latest?.version === version.version ? next?.version : asset.latest?.version;

  const withdraw = async () => {
    if (busy || !mayChange("withdraw versions", () => void withdraw())) return;
    setBusy(true);
    setError(undefined);
    try {
      await deleteVersion(asset, version.version, etag);
      forget(`version ${asset.kind} ${asset.namespace}/${asset.name}`);
      toast(`Version ${version.version} of ${asset.title} withdrawn`);
      close();
      if (next) navigate(assetPlace(asset));
    } catch (cause) {
      if (!explainRefusal(cause, "withdraw versions", () => void withdraw()))
        setError(cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause)));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={`Withdraw version ${version.version}`}
      onClose={close}
      onSubmit={() => void withdraw()}
      foot={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button look="danger" type="submit" busy={busy}>
            Withdraw version {version.version}
          </Button>
        </>
      }
    >
      <p>
        It is no longer offered
        {next &&
          `, and the newest version ${asset.latest?.version === version.version ? "becomes" : "stays"} ${newest}`}
        . This cannot be undone, and its number is never used again.
      </p>
      {!next && <p>It is the only version: {asset.title} then has none to use.</p>}
      {tags.length > 0 && (
        <p>
          {tags.length === 1 ? "The tag " : "The tags "}
          {tags.map((tag, i) => (
            <span key={tag}>
              {i > 0 && ", "}
              <code>{tag}</code>
            </span>
          ))}{" "}
          {tags.length === 1 ? "is" : "are"} dropped: what names the version by {tags.length === 1 ? "it" : "them"}{" "}
          stops compiling.
        </p>
      )}
      {asset.used_by > 0 && users.data && (
        <div>
          {affected.length ? (
            <>
              <p>{counted(affected.length, "pipeline refers", "pipelines refer")} to it and keep working:</p>
              <ul className="names">
                {affected.slice(0, SHOWN).map((user) => (
                  <li key={`${user.namespace}/${user.name}@${user.version}`}>
                    <Link href={assetPlace(user, user.version)}>
                      {user.namespace}/{user.name}@{user.version}
                    </Link>
                  </li>
                ))}
                {affected.length > SHOWN && <li>and {affected.length - SHOWN} more</li>}
              </ul>
            </>
          ) : (
            <p>No published pipeline refers to it.</p>
          )}
        </div>
      )}
      {error && (
        <p className="help bad" role="alert">
          {error.status === 412 ? "The asset changed in the meantime. Look again and withdraw it then." : error.message}{" "}
          {error.hint}
        </p>
      )}
    </Dialog>
  );
}
