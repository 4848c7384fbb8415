// A module without a host: every import answers 0. For what exports tell before anything is called.

/** The functions that a module exports, each with whole numbers in and out. */
export interface BareInstance {
  call(name: string, ...values: number[]): number;
}

export async function bareInstance(module: WebAssembly.Module): Promise<BareInstance> {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => 0 };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  return {
    call(name, ...values) {
      const exported = exports[name];
      if (typeof exported !== "function") throw new Error(`the module exports no ${name}`);
      return Number(Reflect.apply(exported, undefined, values));
    },
  };
}
