// Starting and ending a Node server: the same for the gateway and the echo upstream.

import type { Server } from "node:http";

/** Resolves with the port; rejects with Node's own error. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** Milliseconds between two looks for connections whose last request has ended. */
const IDLE_CHECK_MILLISECONDS = 20;

/** Idle connections go at once, the others when their request has ended or the time is over. */
export async function closeServer(server: Server, milliseconds: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MILLISECONDS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
  clearTimeout(cut);
}
