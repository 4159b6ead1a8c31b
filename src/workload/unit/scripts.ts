import type { UnitContext } from '../context.js';

export interface FoundScript {
  readonly path: string;
  readonly text: string;
  /** From its `#!` line, without the folder. */
  readonly interpreter: string | undefined;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The unit's folder and every folder above it, nearest first; `''` is the root. */
function ancestors(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  const folders: string[] = [];
  for (let length = parts.length; length >= 0; length -= 1) {
    folders.push(
      parts
        .slice(0, length)
        .map((part) => `${part}/`)
        .join(''),
    );
  }
  return folders;
}

function readScriptFile(path: string, context: UnitContext): FoundScript | undefined {
  if (context.files.kind(path) !== 'file') return undefined;
  const text = context.files.read(path);
  if (text === undefined) return undefined;
  const shebang = /^#!\s*(\S+)(?:[ \t]+(?:-S\s+)?(\S+))?/.exec(text);
  if (shebang === null && !/\.(sh|bash)$/.test(path)) return undefined;
  const direct = shebang?.[1] === undefined ? undefined : baseName(shebang[1]);
  return { path, text, interpreter: direct === 'env' ? shebang?.[2] : direct };
}

/**
 * The repository's file that is installed as `path`: the one with the longest common tail, beside the unit or
 * in a folder above it. Two candidates of the same length are no answer.
 */
export function findScript(path: string, unitPath: string, context: UnitContext): FoundScript | undefined {
  const parts = path
    .replace(/^(?:%h|~|\$\{?HOME\}?)\//, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || parts.some((part) => /[%$*?`]/.test(part)))
    return undefined;
  const folders = ancestors(unitPath);
  for (let length = parts.length; length >= 1; length -= 1) {
    const tail = parts.slice(-length).join('/');
    const candidates = [...new Set(folders.map((folder) => folder + tail))]
      .map((candidate) => readScriptFile(candidate, context))
      .filter((script) => script !== undefined);
    if (candidates.length === 1) return candidates[0];
    if (candidates.length > 1) return undefined;
  }
  return undefined;
}

/** Variables that a script sets to its own folder: `DIR="$(cd "$(dirname "$0")" && pwd)"`. */
function ownFolderVariables(source: string): readonly string[] {
  const own = source.matchAll(
    /^[ \t]*(?:(?:readonly|local|export|declare)\s+)?(\w+)=["']?(?:\$\(|`|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%\/\*\})(?:(?!\.\.)[^\n])*$/gm,
  );
  return [...own]
    .filter((match) => /BASH_SOURCE|dirname\s+(?:--\s+)?"?\$\{?0|\$\{0%/.test(match[0]))
    .map((match) => match[1]!);
}

/**
 * The script that a word such as `"$SCRIPT_DIR/other.sh"` or `"$(dirname "$0")/other.sh"` names, when that
 * variable is the running script's own folder.
 */
export function scriptBeside(
  word: string,
  source: string,
  scriptPath: string,
  context: UnitContext,
): FoundScript | undefined {
  const match =
    /^"?(?:\$\{?(\w+)\}?|\$\(dirname "?\$(?:0|\{BASH_SOURCE(?:\[0\])?\})"?\))"?\/([\w./-]+)"?$/.exec(word);
  if (match === null || match[2]!.split('/').includes('..')) return undefined;
  if (match[1] !== undefined && !ownFolderVariables(source).includes(match[1])) return undefined;
  const folder = scriptPath.slice(0, scriptPath.lastIndexOf('/') + 1);
  return readScriptFile(folder + match[2]!, context);
}
