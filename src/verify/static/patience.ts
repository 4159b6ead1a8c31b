/** How long a tool may read one file, in milliseconds. */
export const PATIENCE = 60_000;
