import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const singleOwner = (name, owner) => ({ name, message: `only ${owner} may import ${name}` });
const NATS = ['@nats-io/transport-node', '@nats-io/jetstream', '@nats-io/kv'];
const OPEN_TELEMETRY = ['api', 'exporter-trace-otlp-http', 'resources', 'sdk-trace'].map((name) => `@opentelemetry/${name}`);
const OWNED = [
  singleOwner('@clickhouse/client', 'libs/clickhouse'),
  singleOwner('chdb', 'libs/clickhouse/chdb'),
  singleOwner('libsql', 'libs/event-store/sqlite'),
  singleOwner('@eventstore/db-client', 'libs/event-store/eventstoredb'),
  ...NATS.map((name) => singleOwner(name, 'libs/messaging/nats and libs/leases/nats')),
  ...OPEN_TELEMETRY.map((name) => singleOwner(name, 'libs/observability')),
  singleOwner('onnxruntime-node', 'libs/inference/onnx'),
  singleOwner('simple-statistics', 'libs/statistics/src/describe.ts'),
];
const allow = (...names) => ['error', { paths: OWNED.filter((rule) => !names.includes(rule.name)), patterns: PATTERNS }];
const PATTERNS = [{ regex: '^(?:\\.\\./){3,}(?!(?:\\.\\./)*test/)', message: 'leave a lib through its door: #libs/<name>' }];
const nestBuses = {
  selector: 'ImportSpecifier[imported.name=/^(EventBus|AggregateRoot|EventPublisher|Saga)$/]',
  message: 'the event log is the only bus of events (CONTRIBUTING.md, rule 17)',
};
const sqlHoles = {
  selector: "Property[key.name='sql'] > TemplateLiteral[expressions.length>0]",
  message: 'SQL takes bound parameters {name:Type}, never ${}',
};

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '**/*.js', '**/*.mjs', '**/*.cjs', '.driftledger/**', 'dashboards/**/dist/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 4],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', nestBuses, sqlHoles],
      'no-restricted-imports': allow(),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  { files: ['libs/clickhouse/**'], rules: { 'no-restricted-imports': allow('@clickhouse/client', 'chdb') } },
  { files: ['libs/event-store/src/sqlite/**'], rules: { 'no-restricted-imports': allow('libsql') } },
  { files: ['libs/{messaging,leases}/src/nats/**', 'test/**'], rules: { 'no-restricted-imports': allow(...NATS) } },
  // After the line above, which is about all of test/: the last that fits a file is the one that counts.
  {
    files: ['libs/event-store/src/eventstoredb/**', 'test/support/eventstore-facade/**', 'test/eventstore-real/**'],
    rules: { 'no-restricted-imports': allow('@eventstore/db-client') },
  },
  { files: ['test/support/clickhouse-http/**'], rules: { 'no-restricted-imports': allow('chdb') } },
  { files: ['libs/observability/**'], rules: { 'no-restricted-imports': allow(...OPEN_TELEMETRY) } },
  { files: ['libs/inference/src/onnx/**'], rules: { 'no-restricted-imports': allow('onnxruntime-node') } },
  { files: ['libs/statistics/src/describe.ts'], rules: { 'no-restricted-imports': allow('simple-statistics') } },
  { files: ['apps/cli/**', 'test/load/**', 'tools/**'], rules: { 'no-console': 'off' } },
  // Where a process is wired, everything meets: constructors and factories take what is injected.
  { files: ['apps/{api,evaluator,ingest,projector,standalone}/**', 'libs/platform/**'], rules: { '@typescript-eslint/max-params': 'off' } },
  // Made from the schema, as long as it.
  { files: ['libs/*/src/*-arguments.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['**/*.spec.ts', '**/*.contract.ts', 'test/**'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
