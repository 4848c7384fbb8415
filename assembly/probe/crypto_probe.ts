// Test-only entry: the signature arithmetic over (pointer, length).

export * from "./crypto/memory";
export * from "./crypto/hash";
