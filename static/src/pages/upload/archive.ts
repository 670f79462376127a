/** One text out of a .tar, .tar.gz or .zip, to show the lines that a problem is at. */

/** More than the hub would take out of an archive is not worth reading here either. */
const MOST = 64 * 1024 * 1024;

const latin = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function inflate(bytes: Uint8Array, format: "gzip" | "deflate-raw"): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST) throw new Error("too large");
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Archives often have one folder around everything, which the hub leaves out of the names. */
const isIt = (name: string, path: string) => name === path || name === `./${path}` || name.endsWith(`/${path}`);

const BLOCK = 512;

function fromTar(bytes: Uint8Array, path: string): Uint8Array | null {
  const field = (at: number, length: number) => latin(bytes.subarray(at, at + length)).replace(/\0[\s\S]*$/, "");
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const prefix = field(at + 257, 5) === "ustar" ? field(at + 345, 155) : "";
    const name = prefix ? `${prefix}/${field(at, 100)}` : field(at, 100);
    const size = Number.parseInt(field(at + 124, 12).trim() || "0", 8);
    if (!(size >= 0)) return null;
    const isFile = bytes[at + 156] === 0 || bytes[at + 156] === 0x30;
    if (isFile && isIt(name, path)) return bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}

const ZIP_END = 0x06054b50;
const ZIP_ENTRY = 0x02014b50;

async function fromZip(bytes: Uint8Array, path: string): Promise<Uint8Array | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== ZIP_END) end--;
  if (end < 0) return null;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === ZIP_ENTRY; left--) {
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = textOf(bytes.subarray(at + 46, at + 46 + lengths[0]!));
    if (isIt(name, path)) {
      const local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const data = bytes.subarray(start, start + view.getUint32(at + 20, true));
      const method = view.getUint16(at + 10, true);
      return method === 0 ? data : method === 8 ? inflate(data, "deflate-raw") : null;
    }
    at += 46 + lengths[0]! + lengths[1]! + lengths[2]!;
  }
  return null;
}

/** null where there is no such file, or what it is in cannot be read. */
export async function textInArchive(archive: Uint8Array, path: string): Promise<string | null> {
  try {
    if (archive[0] === 0x50 && archive[1] === 0x4b) {
      const found = await fromZip(archive, path);
      return found && textOf(found);
    }
    const tar = archive[0] === 0x1f && archive[1] === 0x8b ? await inflate(archive, "gzip") : archive;
    const found = fromTar(tar, path);
    return found && textOf(found);
  } catch {
    return null;
  }
}
