/** Configurations of the cases about duplicates, hop-by-hop headers and the preset, by name. */
export const normaliseHygieneConfigurations = {
  "untrusted edge": {
    trace: {},
    normalise: {
      preset: "untrusted-edge",
      map: [{ from: "x-auth-ticket", to: "x-user-id" }],
    },
  },
  "untrusted edge without trace": { normalise: { preset: "untrusted-edge" } },
  singletons: {
    normalise: {
      singletons: {
        "X-Tenant": "reject",
        "x-a": "first",
        "x-b": "last",
        authorization: "reject",
        "content-type": "reject",
        "if-modified-since": "reject",
        origin: "reject",
      },
    },
  },
  "hop by hop stripped": { trace: {}, normalise: { hopByHop: "strip" } },
  "hop by hop kept": { trace: {}, normalise: {} },
} as const;
