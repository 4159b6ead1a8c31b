import { redact } from '../../core/redact.js';
import { holdsSecret, namesSecret } from '../../core/secrets.js';
import { parseShell } from '../../formats/shell.js';
import type { ResourceView, Variable } from './resource.js';

/**
 * Keys that only the program itself must know: it signs sessions and tokens with them, and takes any text. A key that
 * encrypts what is stored, or that another party must know, is not one of these.
 */
const OWN_KEY =
  /^(?:(?:(?:DJANGO|FLASK|QUART|APP|AUTH|SESSION|JWT|BACKEND|SERVER)_)?SECRET_KEY|SECRET_KEY_BASE|(?:APP|APPLICATION|EXPRESS|SESSION|EXPRESS_SESSION|COOKIE|CSRF|AUTH|NEXTAUTH|BETTER_AUTH|NEXT_PRIVATE_AUTH|JWT|JWT_ACCESS|JWT_REFRESH|JWT_TOKEN|JWT_REFRESH_TOKEN|REFRESH_TOKEN)_SECRET|JWT_SECRET_TOKEN)$/i;

export type SecretVariable = Variable & {
  readonly source: { readonly kind: 'literal'; readonly value: string };
};

/** The variables of a resource whose secret stands in the file. */
export function literalSecrets({ variables }: ResourceView): readonly SecretVariable[] {
  return variables.filter(
    (variable): variable is SecretVariable =>
      variable.source.kind === 'literal' && holdsSecret(variable.name, variable.source.value),
  );
}

/** True for a key that Render can make up: see `OWN_KEY`. */
export function isOwnKey({ name }: Variable): boolean {
  return OWN_KEY.test(name);
}

/** True for a variable that holds a secret once the service runs. */
export function isSecret({ name, source }: Variable): boolean {
  switch (source.kind) {
    case 'literal':
      return holdsSecret(name, source.value);
    case 'generated':
      return true;
    case 'database':
      return source.property === 'connectionString' || source.property === 'password';
    case 'variable':
      return namesSecret(name) || namesSecret(source.key);
    default:
      return namesSecret(name);
  }
}

/** True for a command in which a secret is written out; what it computes or takes from a variable is none. */
export function commandHoldsSecret(text: string): boolean {
  return parseShell(text).commands.some(({ assignments, words }) => {
    const line = [...assignments, ...words.map((word) => word.text)].map(withoutSubstitution).join(' ');
    return redact(line) !== line;
  });
}

function withoutSubstitution(word: string): string {
  return /\$\(|`/.test(word) ? word.replace(/^(\w+=)?.*$/s, (_whole, name = '') => `${name}$X`) : word;
}
