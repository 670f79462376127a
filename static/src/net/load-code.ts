import { probe } from "./connection.ts";

/**
 * The module that `load` imports. Browsers remember that one could not be fetched; another query makes it another
 * module. Where that fails as well, the connection has been looked at, and whoever waits for it tries again.
 */
export async function loadCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    void probe();
    const address = /https?:\S+\.js/.exec(String(error))?.[0];
    if (!address) throw error;
    return import(`${address}?again=${Date.now()}`);
  }
}
