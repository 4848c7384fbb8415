// Every generated file of the module's arithmetic, and what makes it.

export interface Generated {
  /** In the repository. */
  path: string;
  /** The file's text, not formatted yet. */
  make: () => string;
}

export const GENERATED: readonly Generated[] = [];
