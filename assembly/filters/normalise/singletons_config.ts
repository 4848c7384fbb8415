// The member `singletons`.

import { memberNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { SINGLETONS_MAX } from "../../core/limits";
import { Hygiene } from "./hygiene";
import { Commas, Keep, SINGLETON_BYTES, singletonAt } from "./singletons";

/** Names whose lines Envoy joins, and whose values have no comma of their own. */
const WITHOUT_COMMA: string[] = [
  "access-control-request-method",
  "access-control-request-private-network",
  "expect",
  "grpc-timeout",
  "origin",
  "x-client-trace-id",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-request-id",
];
const WITH_DATE: string[] = ["if-modified-since", "if-range", "if-unmodified-since"];
/** Names whose lines Envoy joins, and whose values may have any comma. */
const JOINED: string[] = [
  "accept",
  "accept-encoding",
  "access-control-request-headers",
  "cache-control",
  "content-encoding",
  "cookie",
  "grpc-accept-encoding",
  "if-match",
  "if-none-match",
  "pragma",
  "proxy-status",
  "referer",
  "user-agent",
  "via",
  "x-forwarded-client-cert",
  "x-forwarded-for",
];

/** Reads them; `more` can be added afterwards. */
export function readSingletons(section: Value, names: usize, hygiene: Hygiene, more: u32): void {
  hygiene.singletons = section.block.allocate(SINGLETON_BYTES * (SINGLETONS_MAX + more));
  const value = section.optional("singletons");
  if (value === null) return;
  const members = value.memberNames(0, SINGLETONS_MAX);
  for (let i = 0; i < members.length && !value.error.failed; i++) {
    const member = value.required(members[i]);
    // In the order of the enum.
    const keep = member.choice(["reject", "first", "last"]);
    const id = memberNameId(names, member, members[i]);
    if (value.error.failed) return;
    if (isSingleton(hygiene, id)) {
      member.refuseFound("a second member of this name", "one in any letter case");
    }
    const name = members[i].toLowerCase();
    if (JOINED.includes(name) || name.startsWith("x-envoy-")) {
      member.refuseFound("a member of this name", "a header whose joined lines can be told");
    }
    const commas = commasOf(name);
    if (commas != Commas.APART && keep != Keep.NONE) {
      member.refuse("reject, as Envoy has joined its lines before");
    }
    addSingleton(hygiene, id, keep, commas);
  }
}

export function addSingleton(hygiene: Hygiene, id: u32, keep: u32, commas: Commas): void {
  const one = singletonAt(hygiene.singletons, hygiene.singletonCount++);
  one.id = id;
  one.keep = <u16>keep;
  one.commas = <u16>commas;
}

export function isSingleton(hygiene: Hygiene, id: u32): bool {
  for (let i: u32 = 0; i < hygiene.singletonCount; i++) {
    if (singletonAt(hygiene.singletons, i).id == id) return true;
  }
  return false;
}

/** What of a name in lower case tells that a host has joined its lines. */
export function commasOf(name: string): Commas {
  if (name == "authorization") return Commas.CREDENTIALS;
  if (name == "content-type") return Commas.QUOTED;
  if (WITH_DATE.includes(name)) return Commas.DATE;
  return WITHOUT_COMMA.includes(name) ? Commas.NONE : Commas.APART;
}
