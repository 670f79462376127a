/** What a page shows instead of data: loading, nothing, not found, failed. */
import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "../net/request.ts";
import type { Resource } from "../net/use-resource.ts";
import { Button } from "./controls.tsx";
import { Icon } from "./icon.tsx";

/** Grey lines, only when it takes longer than 200 ms. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status">
      <span className="sr">Loading</span>
      {shown && Array.from({ length: lines }, (_, i) => <div key={i} className={`skel w${i % 3}`} />)}
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
  actions,
}: {
  icon: string;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={20} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="row wrap">{actions}</div>}
    </div>
  );
}

/** An error in the hub's words, with what to do, and a way to try again. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div className="empty" role="alert">
      <Icon name={error.status === 404 ? "search" : "error"} size={20} />
      <h2>
        {error.status === 404 ? "Not found" : error.status === 0 ? "The hub does not answer" : "That did not work"}
      </h2>
      <p>
        {error.status === 0 ? "What should be here is loaded as soon as it does." : error.message}
        {error.hint && error.status !== 0 && ` ${error.hint}`}
      </p>
      {error.retryable && retry && (
        <Button icon="retry" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Data once it is there; before, a skeleton; an error where there is none. Old data stays while new is loaded. */
export function Loaded<T>({
  resource,
  lines = 3,
  children,
}: {
  resource: Resource<T>;
  lines?: number;
  children(data: T): ReactNode;
}) {
  if (resource.data !== undefined) return <>{children(resource.data)}</>;
  if (resource.error) return <Failure error={resource.error} retry={resource.reload} />;
  return <Skeleton lines={lines} />;
}
