/** True when a name stands for a transform: its id, its name without the format, or its format. */
export function isNamed(id: string, name: string): boolean {
  return id === name || id.startsWith(`${name}/`) || id.endsWith(`/${name}`);
}
