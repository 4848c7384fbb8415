// Root contexts of a VM: starting, configuring and letting go.
// Source: proxy-wasm-cpp-host src/wasm.cc (start, configure, startShutdown, done), src/context.cc.

import type { Context, PluginIdentity } from "./context.ts";
import type { Vm } from "./vm.ts";

/**
 * on_context_create and on_vm_start for the plugin; on_vm_start runs again for a root that exists.
 * Null when the guest refuses.
 */
export function startRoot(vm: Vm, plugin: PluginIdentity): Context | null {
  const known = vm.roots.get(plugin.key);
  const root = known ?? vm.newContext(null, plugin, null);
  vm.roots.set(plugin.key, root);
  root.createdInGuest = false;
  vm.onContextCreate(root, plugin.configuration);
  const fn = vm.exports.proxy_on_vm_start;
  const size = vm.spec.vmConfiguration.length;
  const accepted = fn === null || vm.enter(fn, root, "vm_start", size) !== 0;
  vm.leave();
  return accepted || known !== undefined ? root : null;
}

/** on_configure; true when the guest accepts, or has no such callback, or is dead already. */
export function configureRoot(vm: Vm, root: Context, plugin: PluginIdentity): boolean {
  const fn = vm.exports.proxy_on_configure;
  if (vm.failure !== null || fn === null) return true;
  root.pluginConfiguration = plugin.configuration;
  const accepted = vm.enter(fn, root, "configure", plugin.configuration.length) !== 0;
  root.pluginConfiguration = null;
  vm.leave();
  return accepted;
}

/** The last user is gone: on_done, then on_delete now or after proxy_done. */
export function releaseRoot(vm: Vm, key: string): void {
  const root = vm.roots.get(key);
  if (root === undefined) return;
  vm.roots.delete(key);
  if (vm.onDone(root)) vm.deleteRoot(root);
  else vm.pendingDone.set(key, root);
}
