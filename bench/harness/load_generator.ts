// The load generator's process: sends its share of requests, prints one line of JSON, ends.

import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:http2";
import type { GeneratorOptions, LoadResult } from "./load.ts";

async function main(): Promise<void> {
  const options: GeneratorOptions = JSON.parse(process.argv[2] ?? "{}");
  const url = new URL(options.url);
  const headers = { ":path": url.pathname, ...options.headers };
  const sessions = Array.from({ length: options.connections }, () => connect(url));
  await Promise.all(sessions.map(opened));
  const result: LoadResult = { answered: 0, seconds: 0 };
  let left = options.requests;
  const stream = async (session: ClientHttp2Session): Promise<void> => {
    while (left > 0) {
      left--;
      if ((await request(session, headers)) === 200) result.answered++;
    }
  };
  const start = process.hrtime.bigint();
  await Promise.all(
    sessions.flatMap((session) => Array.from({ length: options.streams }, () => stream(session))),
  );
  result.seconds = Number(process.hrtime.bigint() - start) / 1e9;
  for (const session of sessions) session.close();
  console.log(JSON.stringify(result));
}

function opened(session: ClientHttp2Session): Promise<void> {
  return new Promise((done, fail) => {
    session.once("connect", () => done());
    session.once("error", fail);
  });
}

/** The status of the response, 0 when there was none. */
function request(session: ClientHttp2Session, headers: Record<string, string>): Promise<number> {
  return new Promise((done) => {
    let status = 0;
    const stream = session.request(headers, { endStream: true });
    stream.on("response", (response) => {
      status = response[":status"] ?? 0;
    });
    stream.on("error", () => done(0));
    stream.on("close", () => done(status));
    stream.resume();
  });
}

await main();
