// What rules require: `none`, a provider, or requirements put together of them. A requirement with
// a name is compiled once for itself and once more wherever another one contains it.

import { Value } from "../../core/config/value";
import { ownedNameId } from "../../core/config/scalars";
import {
  AUDIENCE_OVERRIDES_MAX,
  REQUIREMENT_DEPTH_MAX,
  REQUIREMENT_MEMBERS_MAX,
  REQUIREMENT_NODES_MAX,
  REQUIREMENTS_MAX,
  STATUS_HEADERS_MAX,
} from "../../core/limits";
import { readAudiences } from "./claim_config";
import { CLAIM_RULES_BYTES, ClaimRules } from "./claim_rules";
import { claimHeaderAt } from "./forwarding";
import { JwtConfig, Provider, PROVIDER_BYTES, providerAt } from "./model";
import {
  nodeAt,
  NodeKind,
  REQUIREMENT_NODE_BYTES,
  RequirementNode,
  statusHeaderAt,
} from "./requirement";
import { Rule } from "./rules";

/** What `require` says for "no token needed"; nothing else can have this name. */
export const NO_PROVIDER = "none";

const FORMS = "one of any, all, optional, optionalOrFailed, extractOnly, provider";

export class RequirementReader {
  private requirements: Value | null = null;
  /** Names of the requirements; in the same order the numbers of their first nodes. */
  private names: string[] = [];
  private starts: u32[] = [];
  /** Names of the requirements that are being read, one inside the other. */
  private open: string[] = [];
  private depth: u32 = 0;
  private overrides: u32 = 0;

  constructor(
    private config: JwtConfig,
    private nameTable: usize,
    private providers: string[],
  ) {}

  /** Reads the section's `requirements`, which may be absent. */
  readNamed(value: Value | null): void {
    if (value === null) return;
    this.requirements = value;
    this.names = value.memberNames(1, REQUIREMENTS_MAX);
    for (let i = 0; i < this.names.length; i++) {
      if (value.error.failed) return;
      const name = this.names[i];
      const each = value.required(name);
      if (name == NO_PROVIDER || this.providers.includes(name)) {
        each.refuseFound("the name " + name, "a name that nothing else has");
      }
      this.starts.push(this.config.requirementNodeCount);
      this.open.push(name);
      this.read(each);
      this.open.pop();
    }
  }

  /** Reads the member `require` of a rule. */
  readRequire(value: Value, rule: Rule): void {
    const config = this.config;
    let start = config.requirementNodeCount;
    if (!value.isObject) {
      const choice = value.choice([NO_PROVIDER].concat(this.providers).concat(this.names));
      if (value.error.failed || choice == 0) return;
      if (choice <= config.providerCount) {
        rule.provider = changetype<usize>(providerAt(config, choice - 1));
        return;
      }
      start = this.starts[choice - 1 - config.providerCount];
    } else {
      this.read(value);
      if (value.error.failed) return;
    }
    const root = nodeAt(config, start);
    if (root.kind == NodeKind.PROVIDER) rule.provider = root.provider;
    else rule.requirement = start + 1;
  }

  /** Appends the nodes of a requirement. */
  private read(value: Value): void {
    if (value.error.failed) return;
    if (this.depth == REQUIREMENT_DEPTH_MAX) {
      const most = REQUIREMENT_DEPTH_MAX.toString();
      value.refuseFound("a requirement too deep", most + " levels, those of names included");
      return;
    }
    this.depth++;
    if (value.isObject) this.readForm(value);
    else this.readName(value);
    this.depth--;
  }

  private readName(value: Value): void {
    const requirements = this.requirements;
    const choice = <i32>value.choice(this.providers.concat(this.names));
    if (value.error.failed) return;
    if (choice < this.providers.length) {
      this.append(value, NodeKind.PROVIDER, providerAt(this.config, <u32>choice));
      return;
    }
    const name = this.names[choice - this.providers.length];
    if (this.open.includes(name)) value.refuse("a requirement that does not contain itself");
    if (value.error.failed || requirements === null) return;
    this.open.push(name);
    this.read(requirements.required(name));
    this.open.pop();
  }

  private readForm(value: Value): void {
    const any = value.optional("any");
    const all = value.optional("all");
    const optional = value.optional("optional");
    const optionalOrFailed = value.optional("optionalOrFailed");
    const extractOnly = value.optional("extractOnly");
    const status = value.optional("status");
    const provider = value.optional("provider");
    const audiences = value.optional("audiences");
    value.done();
    if (value.error.failed) return;
    const forms = [any, all, optional, optionalOrFailed, extractOnly, provider];
    let count = 0;
    for (let i = 0; i < forms.length; i++) if (forms[i] !== null) count++;
    if (count != 1) value.refuse(FORMS);
    if (status !== null && extractOnly === null) status.refuse("a status only with extractOnly");
    if (audiences !== null && provider === null) audiences.refuse("audiences only with a provider");
    if (any !== null) this.readList(any, NodeKind.ANY);
    else if (all !== null) this.readList(all, NodeKind.ALL);
    else if (optional !== null) this.readOne(optional, NodeKind.OPTIONAL);
    else if (optionalOrFailed !== null) this.readOne(optionalOrFailed, NodeKind.OPTIONAL_OR_FAILED);
    else if (extractOnly !== null) this.readExtractOnly(extractOnly, status);
    else if (provider !== null) this.readProvider(provider, value.required("audiences"));
  }

  private readList(value: Value, kind: NodeKind): void {
    const each = value.items(2, REQUIREMENT_MEMBERS_MAX);
    const node = this.append(value, kind, null);
    for (let i = 0; i < each.length; i++) this.read(each[i]);
    if (node !== null) node.end = this.config.requirementNodeCount;
  }

  private readOne(value: Value, kind: NodeKind): void {
    const node = this.append(value, kind, null);
    this.read(value);
    if (node !== null) node.end = this.config.requirementNodeCount;
  }

  private readExtractOnly(value: Value, status: Value | null): void {
    const node = this.append(value, NodeKind.EXTRACT, this.providerOf(value));
    if (status === null || node === null) return;
    const id = ownedNameId(this.nameTable, status);
    if (!status.error.failed) this.addStatusHeader(status, id);
    node.status = id + 1;
  }

  private addStatusHeader(value: Value, id: u32): void {
    const config = this.config;
    for (let i: u32 = 0; i < config.providerCount; i++) {
      const forwarding = providerAt(config, i).forwarding;
      for (let j: u32 = 0; j < forwarding.claimHeaderCount; j++) {
        if (claimHeaderAt(forwarding, j).headerId != id) continue;
        value.refuse("a header that no claim becomes");
        return;
      }
    }
    for (let i: u32 = 0; i < config.statusHeaderCount; i++) {
      if (statusHeaderAt(config, i) == id) return;
    }
    if (config.statusHeaderCount == STATUS_HEADERS_MAX) {
      const most = STATUS_HEADERS_MAX.toString();
      value.refuseFound("one header for a status too many", most + " in all");
      return;
    }
    if (config.statusHeaders == 0) {
      config.statusHeaders = value.block.allocate(4 * STATUS_HEADERS_MAX);
    }
    store<u32>(config.statusHeaders + 4 * config.statusHeaderCount, id);
    config.statusHeaderCount++;
  }

  /** A copy of the provider, with a number of its own: what it verified is not for others. */
  private readProvider(value: Value, audiences: Value): void {
    const provider = this.providerOf(value);
    if (provider === null) return;
    if (this.overrides == AUDIENCE_OVERRIDES_MAX) {
      const most = AUDIENCE_OVERRIDES_MAX.toString();
      value.refuseFound("audiences of one provider too many", most + " in all");
      return;
    }
    this.overrides++;
    const block = value.block;
    const copy = block.allocate(PROVIDER_BYTES);
    memory.copy(copy, changetype<usize>(provider), PROVIDER_BYTES);
    const rules = block.allocate(CLAIM_RULES_BYTES);
    memory.copy(rules, changetype<usize>(provider.claimRules), CLAIM_RULES_BYTES);
    readAudiences(audiences, changetype<ClaimRules>(rules));
    const changed = changetype<Provider>(copy);
    changed.claimRules = changetype<ClaimRules>(rules);
    changed.number = this.config.providerNumbers++;
    this.append(value, NodeKind.PROVIDER, changed);
  }

  private providerOf(value: Value): Provider | null {
    const choice = value.choice(this.providers);
    return value.error.failed ? null : providerAt(this.config, choice);
  }

  /** Appends a node, whose end is right for a leaf; null when there are too many. */
  private append(value: Value, kind: NodeKind, provider: Provider | null): RequirementNode | null {
    const config = this.config;
    if (config.requirementNodes == 0) {
      const bytes = REQUIREMENT_NODES_MAX * REQUIREMENT_NODE_BYTES;
      config.requirementNodes = value.block.allocate(bytes);
    }
    if (config.requirementNodeCount == REQUIREMENT_NODES_MAX) {
      const most = REQUIREMENT_NODES_MAX.toString();
      value.refuseFound("one part of a requirement too many", most + " in all rules");
      return null;
    }
    const node = nodeAt(config, config.requirementNodeCount++);
    node.kind = kind;
    node.end = config.requirementNodeCount;
    node.provider = provider === null ? 0 : changetype<usize>(provider);
    return node;
  }
}
