// Test-only entry: the signature arithmetic over (pointer, length).

export * from "./crypto/memory";
export * from "./crypto/ed25519";
export * from "./crypto/inverse";
