import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";

const FILE = new URL("sallyport.yaml", import.meta.url);

/** sallyport.yaml, with these keys for every provider. */
export async function scenarioConfiguration(keySet: { keys: object[] }): Promise<object> {
  const document = parseDocument(await readFile(FILE, "utf8"));
  for (const provider of ["reader", "writer"]) {
    document.setIn(["jwt", "providers", provider, "keys", "inline"], keySet);
  }
  const configuration: unknown = document.toJS();
  if (typeof configuration !== "object" || configuration === null) {
    throw new TypeError(`${FILE.pathname} holds no configuration`);
  }
  return configuration;
}
