// The load generator's process: sends the requests that it is told of, answers how many came back
// with the status. Ends with its parent.

import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:http2";
import type { GeneratorMessage, GeneratorRun } from "./generator.ts";
import type { HeaderSet } from "./load.ts";

const headerSets = new Map<number, readonly HeaderSet[]>();
/**
 * Where each server's requests go on among the header sets: it gets all of them before it gets one
 * again, over however many runs.
 */
const positions = new Map<string, number>();

async function sendAll(id: number, run: GeneratorRun): Promise<number> {
  const url = new URL(run.url);
  const sets = (headerSets.get(id) ?? []).map((set) => ({ ":path": url.pathname, ...set }));
  const sessions = Array.from({ length: run.connections }, () => connect(url));
  await Promise.all(sessions.map(opened));
  const place = `${id} ${run.url}`;
  let position = positions.get(place) ?? 0;
  let left = run.requests;
  let answered = 0;
  const stream = async (session: ClientHttp2Session): Promise<void> => {
    while (left > 0) {
      left--;
      const headers = sets[position++ % sets.length] ?? {};
      if ((await request(session, headers)) === run.status) answered++;
    }
  };
  await Promise.all(
    sessions.flatMap((session) => Array.from({ length: run.streams }, () => stream(session))),
  );
  positions.set(place, position % sets.length);
  for (const session of sessions) session.close();
  return answered;
}

function opened(session: ClientHttp2Session): Promise<void> {
  return new Promise((done, fail) => {
    session.once("connect", () => done());
    session.once("error", fail);
  });
}

/** The status of the response, 0 when there was none. */
function request(session: ClientHttp2Session, headers: HeaderSet): Promise<number> {
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

process.on("disconnect", () => process.exit());
process.on("message", (message: GeneratorMessage) => {
  if (message.kind === "headers") {
    headerSets.set(message.id, message.headers);
    return;
  }
  void sendAll(message.id, message.run).then((answered) => process.send?.(answered));
});
