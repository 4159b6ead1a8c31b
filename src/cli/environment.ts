/** The yaml parser looks for a debug variable at every token, and asking the system is slow: a copy answers at once. */
export function ownEnvironment(): void {
  process.env = { ...process.env };
}
