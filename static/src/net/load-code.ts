/** Browsers remember that a module could not be fetched; another query makes it another module. */
export async function loadCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const address = /https?:\S+\.js/.exec(String(error))?.[0];
    if (!address) throw error;
    return import(`${address}?again=${Date.now()}`);
  }
}
