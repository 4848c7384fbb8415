// An API as its proto file describes it: types, methods, and where `google.api.http` puts them.
// The protos that such a file imports from google/api come with protobufjs.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import protobuf from "protobufjs";

/** The verbs that `google.api.HttpRule` has members for. */
export const VERBS = ["get", "put", "post", "delete", "patch"] as const;
export type Verb = (typeof VERBS)[number];

/** One way to call a method by HTTP. */
export interface HttpBinding {
  verb: Verb;
  /** As annotated, such as `/v1/orders/{id}`. */
  path: string;
  /** `*` for the whole request, else a field of it; null for none. */
  body: string | null;
}

const PACKAGE = dirname(createRequire(import.meta.url).resolve("protobufjs/package.json"));
const HTTP_OPTION = "(google.api.http)";

/** Reads a proto file, its comments included; fields keep their names. */
export async function loadApi(path: string): Promise<protobuf.Root> {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target.startsWith("google/") ? join(PACKAGE, target) : target;
  await root.load(path, { keepCase: true, alternateCommentMode: true });
  root.resolveAll();
  return root;
}

/** The package of an API; throws when the file declares another. */
export function packageOf(root: protobuf.Root, name: string): protobuf.Namespace {
  const found = root.lookup(name);
  if (!(found instanceof protobuf.Namespace)) throw new Error(`there is no package ${name}`);
  return found;
}

export function servicesOf(root: protobuf.Root, name: string): protobuf.Service[] {
  return packageOf(root, name).nestedArray.filter((found) => found instanceof protobuf.Service);
}

/** `google.api.HttpRule` of a method as an object with the field names of the proto; or null. */
export function httpRule(method: protobuf.Method): Record<string, unknown> | null {
  // Its type says object, it is a list of them: one for each option that was parsed.
  const parsed: unknown = method.parsedOptions;
  const rules = toList(parsed).flatMap((options) => toList(memberOf(options, HTTP_OPTION)));
  const [rule] = rules;
  if (rule === undefined) return null;
  const more = memberOf(rule, "additional_bindings");
  return {
    ...asRecord(rule),
    ...(more === undefined ? {} : { additional_bindings: toList(more) }),
  };
}

/** Every binding of a method, the first one first; throws on what this reader does not know. */
export function httpBindings(method: protobuf.Method): HttpBinding[] {
  const rule = httpRule(method);
  if (rule === null) return [];
  const { additional_bindings: more, ...first } = rule;
  return [first, ...toList(more)].map((binding) => readBinding(method.fullName, asRecord(binding)));
}

function readBinding(name: string, rule: Record<string, unknown>): HttpBinding {
  const { body = null, ...pattern } = rule;
  const [[verb, path] = [], ...others] = Object.entries(pattern);
  const known = VERBS.find((one) => one === verb);
  if (known === undefined || typeof path !== "string" || others.length > 0) {
    throw new Error(`${name}: a binding has one of ${VERBS.join(", ")}, and perhaps a body`);
  }
  if (body !== null && typeof body !== "string") throw new Error(`${name}: body is no text`);
  return { verb: known, path, body };
}

function toList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function memberOf(value: unknown, name: string): unknown {
  return asRecord(value)[name];
}
