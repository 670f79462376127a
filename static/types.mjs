// Writes ../build/gen/api.d.ts: the types of the API, from its description.
import { mkdirSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

mkdirSync(new URL("../build/gen/", import.meta.url), { recursive: true });
const tree = await openapiTS(new URL("openapi.yaml", import.meta.url), {
  silent: true,
  defaultNonNullable: false, // a default is what the hub takes when nothing is sent
  emptyObjectsUnknown: true,
});
writeFileSync(new URL("../build/gen/api.d.ts", import.meta.url), astToString(tree));
