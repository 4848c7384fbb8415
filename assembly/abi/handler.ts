// What a program on top of this ABI provides: one method per callback, each with an answer for who
// does not need it. None is abstract: the dispatch of an abstract method has a branch that traps.
// `root` is the number of a root (roots.ts), `stream` a context id.

import { Action } from "./types";

export class Handler {
  /** The VM starts for a plugin. Called again for a root that exists. */
  onVmStart(root: u32, vmConfigurationLen: u32): bool {
    return true;
  }

  /** false refuses the configuration: only for a verdict that its bytes alone decide: see
   * docs/decisions/0003-failed-setup-denies.md. */
  onConfigure(root: u32, configurationLen: u32): bool {
    return false;
  }

  /**
   * A configuration for a root that found no room: a verdict from its bytes; its streams are
   * refused anyway.
   */
  onConfigureWithoutRoot(configurationLen: u32): bool {
    return false;
  }

  onTick(root: u32): void {}

  /** The root is going; its block is reused after this. */
  onRootDelete(root: u32): void {}

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    return Action.CONTINUE;
  }

  /** A request whose root is not known. It must not pass. */
  onUnknownStream(stream: u32): Action {
    return Action.PAUSE;
  }

  /** Only for streams that were kept (streams.ts). `data` is the stream's own memory. */
  onResponseHeaders(
    root: u32,
    stream: u32,
    data: usize,
    headerCount: u32,
    endOfStream: bool,
  ): Action {
    return Action.CONTINUE;
  }

  /** The same, as for the next one: of a request's trailers, */
  onRequestTrailers(root: u32, stream: u32, data: usize, trailerCount: u32): Action {
    return Action.CONTINUE;
  }

  /** and of a response's. */
  onResponseTrailers(root: u32, stream: u32, data: usize, trailerCount: u32): Action {
    return Action.CONTINUE;
  }

  /** Any of these three for a stream whose root has gone. */
  onOrphan(stream: u32, data: usize): Action {
    return Action.CONTINUE;
  }

  /**
   * An answer to `callout` (callouts.ts). `stream` is 0 when the stream has gone or there was none.
   */
  onCalloutResponse(
    root: u32,
    stream: u32,
    purpose: u32,
    headerCount: u32,
    bodyLen: u32,
    trailerCount: u32,
  ): void {}

  /**
   * The end of a gRPC call (callouts.ts), `stream` as above. Status 0 comes with the message, which
   * may have no bytes; any other comes without one.
   */
  onGrpcAnswer(
    root: u32,
    stream: u32,
    purpose: u32,
    grpcStatus: u32,
    messagePtr: usize,
    messageLen: u32,
  ): void {}

  /** Only for streams that were kept. */
  onStreamDelete(root: u32, stream: u32, data: usize): void {}
}

let installed: Handler | null = null;

/** Called once, at start. */
export function install(handler: Handler): void {
  installed = handler;
}

// @ts-ignore: decorator
@inline
export function handler(): Handler {
  return changetype<Handler>(changetype<usize>(installed));
}
