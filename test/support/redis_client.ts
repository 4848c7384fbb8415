// As much of a Redis client as tests need: commands one after the other on one connection (RESP2,
// https://redis.io/docs/latest/develop/reference/protocol-spec/).

import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";

export type Reply = string | number | null | RedisError | Reply[];

export class RedisError extends Error {}

export interface RedisClient {
  command(...parts: (string | number)[]): Promise<Reply>;
  close(): void;
}

export async function connectRedis(port: number): Promise<RedisClient> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const reader = new Reader(socket);
  return {
    async command(...parts) {
      const words = parts.map((part) => String(part));
      const encoded = words.map((word) => `$${Buffer.byteLength(word, "latin1")}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${encoded.join("")}`, "latin1");
      return reader.reply();
    },
    close: () => socket.destroy(),
  };
}

class Reader {
  #text = "";
  readonly #socket: Socket;
  #failure: Error | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#text += text;
      this.#wake();
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("Redis closed the connection")));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  async #more(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    await new Promise<void>((woken) => {
      this.#wake = woken;
    });
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\r\n");
      if (end >= 0) return this.#take(end, end + 2);
      await this.#more();
    }
  }

  #take(length: number, upTo: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(upTo);
    return taken;
  }

  async reply(): Promise<Reply> {
    const line = await this.#line();
    const rest = line.slice(1);
    switch (line[0]) {
      case "+":
        return rest;
      case "-":
        return new RedisError(rest);
      case ":":
        return Number(rest);
      case "$": {
        const length = Number(rest);
        if (length < 0) return null;
        while (this.#text.length < length + 2) await this.#more();
        return this.#take(length, length + 2);
      }
      case "*": {
        const items: Reply[] = [];
        for (let left = Number(rest); left > 0; left--) items.push(await this.reply());
        return items;
      }
      default:
        this.#socket.destroy();
        throw new Error(`no reply of Redis: ${line}`);
    }
  }
}
