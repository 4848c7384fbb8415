import { everywhere, IDP } from "./jwt.ts";

const open = (match: object): object => ({ match, require: "none" });
const section = (...rules: object[]): object => ({
  jwt: { providers: { idp: IDP }, rules: [...rules, everywhere("idp")] },
});

export const jwtMatchingConfigurations = {
  "jwt matching paths": section(
    open({ path: "/exact" }),
    open({ path: "/exact/slash/" }),
    open({ template: "/v1/{tenant}/orders/*" }),
    open({ template: "/v2/{tenant}" }),
  ),
  "jwt matching ends of paths": section(
    open({ suffix: ".well-known/jwks.json" }),
    open({ template: "/files/{tenant}/**" }),
  ),
  "jwt matching methods": section(
    open({ prefix: "/read", methods: ["GET", "HEAD"] }),
    open({ methods: ["PUT"] }),
  ),
  "jwt matching hosts": section(
    open({ hosts: ["open.example.org", "*.Public.example.org", "[::1]"] }),
    open({ path: "/nowhere", hosts: ["nowhere.test"] }),
  ),
  "jwt matching headers": section(
    open({ headers: [{ name: "x-kind", exact: "open" }] }),
    open({
      headers: [
        { name: "x-kind", prefix: "pub" },
        { name: "X-Extra", present: true },
      ],
    }),
    open({ prefix: "/bare", headers: [{ name: "x-kind", present: false }] }),
  ),
  "jwt matching headers behind a mapping": {
    normalise: { map: [{ from: "legacy-kind", to: "x-kind" }] },
    ...section(open({ headers: [{ name: "x-kind", exact: "open" }] })),
  },
  "jwt with preflights": {
    jwt: {
      providers: { idp: IDP },
      rules: [
        { match: { prefix: "/checked" }, preflight: "check", require: "idp" },
        { match: { prefix: "/" }, preflight: "bypass", require: "idp" },
      ],
    },
  },
} as const;
