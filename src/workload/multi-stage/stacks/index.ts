import type { Stack } from '../model.js';
import { dotnet } from './dotnet.js';
import { go } from './go.js';
import { java } from './java.js';
import { node } from './node.js';
import { php } from './php.js';
import { python } from './python.js';
import { ruby } from './ruby.js';
import { rust } from './rust.js';

const STACKS: readonly Stack[] = [node, python, go, rust, java, dotnet, ruby, php];

/** The stack of a base image, by its normalised repository. */
export function stackOf(repository: string): Stack | undefined {
  return STACKS.find(({ matches }) => matches(repository));
}
