// Test-only entry: the signature arithmetic over (pointer, length).

export * from "./crypto/ed25519";
export * from "./crypto/field";
export * from "./crypto/hash";
export * from "./crypto/inverse";
export * from "./crypto/memory";
export * from "./crypto/ecdsa";
export * from "./crypto/rsa";
export * from "./crypto/verify";
