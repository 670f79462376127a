import { useSyncExternalStore } from "react";
import { type Connection, connection, onConnection } from "./connection.ts";

/** Whether the hub answers. */
export const useConnection = (): Connection => useSyncExternalStore(onConnection, connection);
