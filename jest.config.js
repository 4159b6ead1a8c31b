/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  // Fixtures hold package.json files of their own.
  modulePathIgnorePatterns: [
    '<rootDir>/__tests__/transforms/',
    '<rootDir>/__tests__/lab/',
    '<rootDir>/examples/',
    '<rootDir>/dist/',
  ],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  testTimeout: 60_000,
  // By default one processor is left idle, which is half of two.
  maxWorkers: '100%',
};
