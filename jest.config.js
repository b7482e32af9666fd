// One project per cost: the suffix of a spec says what it needs (see CONTRIBUTING.md, Tests).
const swc = {
  // The file of the build leaves specs out.
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const project = (displayName, testRegex, testPathIgnorePatterns = []) => ({
  displayName,
  testRegex,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...testPathIgnorePatterns],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testEnvironment: '<rootDir>/test/support/jest-environment.js',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  setupFiles: ['reflect-metadata'],
});

const long = ['\\.int\\.spec\\.ts$', '\\.accept\\.spec\\.ts$'];

export default {
  projects: [
    project('unit', '\\.spec\\.ts$', long),
    { ...project('engines', '\\.int\\.spec\\.ts$'), setupFilesAfterEnv: ['<rootDir>/test/support/timeout-engines.js'] },
    { ...project('acceptance', '\\.accept\\.spec\\.ts$'), setupFilesAfterEnv: ['<rootDir>/test/support/timeout-acceptance.js'] },
  ],
  // Much of the long specs is waiting: for leases, for restarts, for another process.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '512MB',
  coverageProvider: 'v8',
};
