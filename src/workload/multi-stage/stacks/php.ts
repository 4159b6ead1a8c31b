import { cite, citeSource } from '../../../core/evidence.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { BUILD, UNLINKED, REPEAT, type Project, type Role, type Stack, type StackOutcome } from '../model.js';

const IMAGE = 'https://github.com/docker-library/php/blob/master/docker-php-ext-install';
/** Where docker-php-ext-install and pecl leave extensions, and where docker-php-ext-enable loads them. */
const EXTENSIONS = ['/usr/local/lib/php/extensions', '/usr/local/etc/php/conf.d'];

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  const text = command.words.map((word) => word.text).join(' ');
  // The image's own variable: /usr/local/etc/php.
  if (/\$\{?PHP_INI_DIR\b/.test(text) && /^(?:mv|cp|sed|echo|ln)$/.test(program)) return REPEAT;
  return /^(?:docker-php-ext-(?:install|configure|enable)|docker-php-source|pecl|composer|php|npm|yarn|pnpm|node|npx|phpize)$/.test(
    program,
  )
    ? BUILD
    : undefined;
}

function plan(project: Project): StackOutcome {
  const { build, document, roots, stage } = project;
  const installs = build.runCommands.find((command) =>
    /^(?:docker-php-ext-install|pecl|composer)$/.test(programName(command.program ?? '')),
  );
  if (installs === undefined) return { ok: false, reason: 'it builds no extension and installs no package' };
  const extensions = build.runCommands.some((command) =>
    /^(?:docker-php-ext-|pecl)/.test(programName(command.program ?? '')),
  );
  const folders = [...(extensions ? EXTENSIONS : []), ...roots];
  return {
    ok: true,
    plan: {
      name: 'PHP',
      image: stage.image,
      imageEvidence: citeSource(IMAGE, 'extensions are files, which the same image loads'),
      copies: folders.map((path) => ({ path })),
      prune: [],
      linked: extensions ? { folders: EXTENSIONS.slice(0, 1), programs: [] } : UNLINKED,
      packages: [],
      notes: [`copies the extensions, and all of ${roots.join(', ')}`],
      evidence: [cite(document, installs.offset + installs.start)],
    },
  };
}

export const php: Stack = {
  matches: (repository) => repository === 'php',
  role,
  buildPackages: /^(?:git|unzip|zip|nodejs|npm)$/,
  plan,
};
