export const enum Written {
  OK,
  ABSENT,
  TOO_LARGE,
}
export let writtenPtr: usize = 0;
export let writtenLen: u32 = 0;
export function writeTemplate(template: usize): Written {
  writtenPtr = template + 4;
  writtenLen = load<u32>(template);
  return Written.OK;
}
