import assert from "node:assert/strict";
import { Readable, Writable } from "node:stream";
import test from "node:test";
import { createInflateRaw, deflateRawSync, gzipSync } from "node:zlib";
import { textInArchive } from "./archive.ts";

// Node 18 has browsers' DecompressionStream without the form that zip files use.
const Known = globalThis.DecompressionStream;
globalThis.DecompressionStream = function DecompressionStream(format: CompressionFormat) {
  if (format !== "deflate-raw") return new Known(format);
  const inflate = createInflateRaw();
  return { writable: Writable.toWeb(inflate), readable: Readable.toWeb(inflate) };
} as unknown as typeof Known;

function tar(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write(Buffer.byteLength(text).toString(8).padStart(11, "0"), 124);
    head.write("0", 156);
    head.write("ustar", 257);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** One packed file. */
function zip(name: string, text: string): Buffer {
  const data = deflateRawSync(text);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, entry, Buffer.from(name), end]);
}

test("a text is found in a packed tar, with a folder around it or not", async () => {
  const files = { "README.md": "# x", "component.yaml": "name: Ä\n" };
  assert.equal(await textInArchive(gzipSync(tar(files)), "component.yaml"), "name: Ä\n");
  assert.equal(await textInArchive(tar({ "thing/component.yaml": "name: a" }), "component.yaml"), "name: a");
});

test("a text is found in a zip", async () => {
  assert.equal(await textInArchive(zip("a/model.yaml", "name: b"), "model.yaml"), "name: b");
});

test("what is not there or cannot be read is nothing", async () => {
  assert.equal(await textInArchive(gzipSync(tar({ a: "x" })), "b"), null);
  assert.equal(await textInArchive(gzipSync(tar({ a: "x" })).subarray(0, 20), "a"), null);
  assert.equal(await textInArchive(new Uint8Array([0x50, 0x4b, 3, 4]), "a"), null);
});
