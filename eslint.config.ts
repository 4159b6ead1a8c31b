import tseslint from 'typescript-eslint';

const pure = ['fs', 'http', 'https', 'child_process', 'os', 'process', 'path', 'dns', 'crypto', 'url'];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'coverage/**',
      'examples/',
      'node_modules/',
      '__tests__/transforms/',
      '__tests__/lab/projects/',
      '__tests__/lab/servers/',
      '__tests__/lab/workloads/',
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // The inner rings know no file system, network, clock or process: the same input gives the same plan.
    files: [
      'transforms/**/*.ts',
      'templates/**/*.ts',
      'src/core/**/*.ts',
      'src/config/**/*.ts',
      'src/formats/**/*.ts',
      'src/exposure/**/*.ts',
      'src/workload/**/*.ts',
      'src/interactive/**/*.ts',
      'src/render/**/*.ts',
      'src/report/html/**/*.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...pure.flatMap((name) => [name, `node:${name}`]),
            'net',
            // What reads an address opens no socket.
            { name: 'node:net', allowImportNames: ['BlockList', 'isIP', 'isIPv4', 'isIPv6'] },
          ],
          patterns: ['**/io/*', '**/cli/*'],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Date', 'fetch', 'setTimeout', 'performance'],
    },
  },
  { files: ['scripts/**', 'bench/**', '__tests__/lab/**'], rules: { 'no-console': 'off' } },
);
