// Values that are lists (RFC 9110 §5.6.1), as the reference of header rules reads them.

export const MEMBERS_MAX = 1024;
export const JOINT = ", ";

/** What stands between commas outside of quoted strings, without empty members. */
export function membersOf(value: string): string[] {
  const members: string[] = [];
  let member = "";
  let isQuoted = false;
  for (let i = 0; i < value.length; i++) {
    const c = value.charAt(i);
    if (c === "," && !isQuoted) {
      members.push(member);
      member = "";
      continue;
    }
    member += c;
    if (c === '"') isQuoted = !isQuoted;
    if (c === "\\" && isQuoted) {
      // A quoted-pair (RFC 9110 §5.6.4).
      i++;
      member += value.charAt(i);
    }
  }
  members.push(member);
  return members.map(trimmed).filter((each) => each !== "");
}

function trimmed(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && isSpace(text.charAt(begin))) begin++;
  while (end > begin && isSpace(text.charAt(end - 1))) end--;
  return text.slice(begin, end);
}

const isSpace = (c: string): boolean => c === " " || c === "\t";
