// What the scanner reports: kinds of tokens and kinds of errors.

export const enum Token {
  ERROR,
  OBJECT_BEGIN,
  OBJECT_END,
  ARRAY_BEGIN,
  ARRAY_END,
  NAME,
  STRING,
  NUMBER,
  TRUE,
  FALSE,
  NULL,
  /** The one value is complete and nothing but whitespace follows. */
  END,
}

export const enum JsonError {
  NONE,
  /** The document ends too early. */
  INCOMPLETE,
  /** A byte that cannot stand here; behind the last value as well. */
  SYNTAX,
  /** Not UTF-8. */
  ENCODING,
  /** A control character inside a string. */
  CONTROL_CHARACTER,
  /** An unknown escape, or half a surrogate pair. */
  ESCAPE,
  NUMBER,
  TOO_DEEP,
  TOO_MANY_MEMBERS,
  DUPLICATE_NAME,
}
