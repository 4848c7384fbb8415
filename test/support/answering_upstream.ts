// An upstream over HTTP/2 that answers every request with what the test says.

import { once } from "node:events";
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { createServer } from "node:http2";

import type { HeaderList } from "../../host-sim/src/index.ts";

export interface UpstreamAnswer {
  status: number;
  headers: HeaderList;
  /** Without one, and without trailers, the response ends with its headers. */
  body: string;
  trailers?: HeaderList;
}

export interface AnsweringUpstream {
  port: number;
  /** What every request is answered with from now on. */
  answer: UpstreamAnswer;
  /** Whether bodies stay open after their bytes. */
  isEndless: boolean;
  /** Streams that were reset. */
  cutOff: number;
  close(): void;
}

/** Answers a request when its headers have come, or when it has ended. */
export async function startAnswering(
  when: "at once" | "at the end" = "at once",
): Promise<AnsweringUpstream> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => sessions.add(session));
  const upstream: AnsweringUpstream = {
    port: 0,
    answer: { status: 200, headers: [], body: "" },
    isEndless: false,
    cutOff: 0,
    close: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => undefined);
    stream.on("aborted", () => upstream.cutOff++);
    const answer = (): void => respond(stream, upstream.answer, upstream.isEndless);
    if (when === "at once") answer();
    else stream.on("end", answer).resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  upstream.port = typeof address === "object" && address !== null ? address.port : 0;
  return upstream;
}

function respond(stream: ServerHttp2Stream, answer: UpstreamAnswer, isEndless: boolean): void {
  const { status, headers, body, trailers } = answer;
  const fields = { ":status": status, ...Object.fromEntries(headers) };
  if (trailers !== undefined) {
    stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(trailers)));
  }
  const waitForTrailers = trailers !== undefined;
  stream.respond(fields, { endStream: body === "" && !waitForTrailers, waitForTrailers });
  if (isEndless) stream.write(body);
  else if (body !== "" || waitForTrailers) stream.end(body);
}
