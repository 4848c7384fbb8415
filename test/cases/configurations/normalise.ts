/** Configurations of the normalise cases, by name. */
export const normaliseConfigurations = {
  normalise: {
    normalise: {
      strip: ["x-spiffe-id", "x-jwt-*"],
      map: [
        { from: "trace-id", to: "x-correlation-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
      grpcUserAgent: "sallyport",
    },
  },
  "underscores kept": { normalise: { underscores: "keep", strip: ["x-spiffe-id", "x-jwt-*"] } },
  "underscores dropped": { normalise: { underscores: "drop" } },
  "underscores rejected": { normalise: { underscores: "reject", strip: ["x-spiffe-id"] } },
  "marked as checked": { markChecked: true },
} as const;
