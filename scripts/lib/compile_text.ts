// asc as a function: AssemblyScript text in, module out.

/**
 * The part of asc's interface that is used here. Its own declarations are not imported: they bring
 * AssemblyScript's types of the standard library along, and `at()` would no longer give undefined.
 */
interface Asc {
  main: (
    flags: string[],
    files: {
      readFile: (name: string) => string | null;
      writeFile: (name: string, contents: string | Uint8Array) => void;
      listFiles: () => string[];
    },
  ) => Promise<{ error: Error | null; stderr: { toString: () => string } }>;
}

const ASC: string = "assemblyscript/asc";

/** Compiles one file of source with the given flags of asc. Throws with asc's own messages. */
export async function compileText(source: string, flags: readonly string[]): Promise<Uint8Array> {
  const asc: Asc = await import(ASC);
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["text.ts", "--outFile", "text.wasm", ...flags], {
    readFile: (name) => (name === "text.ts" ? source : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`asc: ${stderr.toString()}`);
  return wasm;
}
