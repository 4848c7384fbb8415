import { Value } from "../../../core/config/value";
export class TemplateScope {
  usesClaims: bool = false;
  constructor(
    public names: usize,
    public claims: usize,
    public pattern: usize,
    public isRequest: bool,
  ) {}
}
export function readTemplate(value: Value, scope: TemplateScope): usize {
  return value.text(0, 8192);
}
