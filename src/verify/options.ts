import type { Tools } from './tools.js';

/** What the checks work with, and what the user gives them. */
export interface VerifyOptions {
  readonly tools: Tools;
  /** Whose containers and images these are: a name that no other run has. */
  readonly owner: string;
  /** An abort ends what runs, and what was made is removed. */
  readonly signal: AbortSignal;
  /** Build arguments: `NAME=value`, or `NAME` for the one of the environment. */
  readonly buildArgs: readonly string[];
  /** Build secrets, as `docker build --secret` takes them. */
  readonly secrets: readonly string[];
  /** The network of builds, as `docker build --network` takes it; undefined for what the project says. */
  readonly buildNetwork?: string | undefined;
  /** Files of variables for Compose, as its `--env-file` takes them. */
  readonly envFiles: readonly string[];
}
