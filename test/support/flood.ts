// Many requests over one HTTP/2 connection, as fast as they are answered.

import type { OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:http2";

const LANES = 64;

/** `fieldsOf` makes the fields of the request with this number, from 0. */
export async function flood(
  port: number,
  count: number,
  fieldsOf: (index: number) => OutgoingHttpHeaders,
): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  let next = 0;
  async function lane(): Promise<void> {
    while (next < count) {
      const stream = session.request(fieldsOf(next++));
      await new Promise<void>((done, fail) => {
        stream.on("error", fail).on("close", done).resume();
      });
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  session.destroy();
}
