// What asc's `minimal` runtime offers and AssemblyScript's own type definitions leave out.

declare function __collect(): void;
