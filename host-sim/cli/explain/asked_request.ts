// The request that is explained, as the command line describes it.

import { readFile } from "node:fs/promises";
import type { HeaderList } from "../../src/index.ts";
import { CommandError, systemCode } from "../command_error.ts";

export interface RequestOptions {
  method: string;
  path: string;
  authority: string;
  header?: string[];
  token?: string;
  tokenFile?: string;
}

export interface AskedRequest {
  /** As HTTP/2 carries it: pseudo-headers first, names in lower case. */
  headers: HeaderList;
  /** What `--token` or `--token-file` gave. */
  token: string | null;
}

const STANDARD_INPUT = "-";
const FIELD = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*(.*?)[ \t]*$/s;

/** Throws CommandError for what cannot stand in a request. */
export async function readRequest(options: RequestOptions): Promise<AskedRequest> {
  const token = await readToken(options);
  const headers: HeaderList = [
    [":method", options.method],
    [":path", options.path],
    [":scheme", "http"],
    [":authority", options.authority],
    ...(options.header ?? []).map(parseField),
  ];
  if (token !== null) headers.push(["authorization", `Bearer ${token}`]);
  return { headers: headers.map(([name, value]) => [name, bytesOf(value)]), token };
}

function parseField(text: string): [string, string] {
  const [, name = "", value = ""] = FIELD.exec(text) ?? [];
  if (name === "" || /[\0\r\n]/.test(value)) {
    throw new CommandError(`--header: found ${text}, allowed name: value`);
  }
  return [name.toLowerCase(), value];
}

async function readToken({ token, tokenFile }: RequestOptions): Promise<string | null> {
  if (token !== undefined && tokenFile !== undefined) {
    throw new CommandError("--token and --token-file: allowed one of them");
  }
  if (tokenFile === undefined) return token?.trim() ?? null;
  try {
    return (
      tokenFile === STANDARD_INPUT ? await standardInput() : await readFile(tokenFile, "utf8")
    ).trim();
  } catch (error) {
    const reason = systemCode(error) === "ENOENT" ? "no such file" : String(error);
    throw new CommandError(`${tokenFile}: ${reason}`);
  }
}

async function standardInput(): Promise<string> {
  process.stdin.setEncoding("utf8");
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

/** One char a byte, as the simulator wants it. */
function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
