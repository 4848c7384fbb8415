// Addresses as the command line takes them.

import { upstreamOrigin } from "../gateway/upstream.ts";
import { CommandError } from "./command_error.ts";

export interface ListenAddress {
  host: string;
  port: number;
}

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65535) {
    throw new CommandError(`--listen: found ${text}, allowed host:port such as 127.0.0.1:8080`);
  }
  return { host, port };
}

/** As part of a URL. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The origin of `--upstream`. */
export function parseUpstream(text: string): string {
  try {
    return upstreamOrigin(text);
  } catch (error) {
    throw new CommandError(`--${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The origins of `--cluster`, by name. */
export function parseClusters(texts: readonly string[]): Record<string, string> {
  const clusters: Record<string, string> = {};
  for (const text of texts) {
    const [, name, url] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (name === undefined || url === undefined) {
      throw new CommandError(`--cluster: found ${text}, allowed name=http://host:port`);
    }
    if (name in clusters) throw new CommandError(`--cluster: found ${name} twice, allowed once`);
    try {
      clusters[name] = upstreamOrigin(url);
    } catch {
      throw new CommandError(`--cluster: found ${url}, allowed an origin: http://127.0.0.1:9000`);
    }
  }
  return clusters;
}
