// A configured root on one thread, shared by the plugin and by its streams: the last one to leave
// shuts the root down, and the last root of a VM takes the VM along.
// Source: proxy-wasm-cpp-host PluginHandleBase, WasmHandleBase.

import { releaseRoot } from "./roots.ts";
import type { Context, PluginIdentity } from "./context.ts";
import type { StreamView } from "./stream_view.ts";
import type { Vm } from "./vm.ts";

export class PluginHandle {
  readonly vm: Vm;
  readonly root: Context;
  readonly plugin: PluginIdentity;
  readonly #onReleased: () => void;
  #users = 1;

  constructor(vm: Vm, root: Context, plugin: PluginIdentity, onReleased: () => void) {
    this.vm = vm;
    this.root = root;
    this.plugin = plugin;
    this.#onReleased = onReleased;
  }

  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users > 0) return;
    releaseRoot(this.vm, this.plugin.key);
    this.#onReleased();
  }

  /** A stream context under this root; the stream releases the handle when it closes. */
  openContext(view: StreamView): Context {
    this.#users++;
    view.vm = this.vm;
    return this.vm.newContext(this.root, this.plugin, view);
  }
}
