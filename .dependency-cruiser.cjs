/** Who may import what. Each rule says why; the table behind them is in CONTRIBUTING.md. */
const DOMAIN = [
  '^libs/[^/]+/src/(events|commands|decider|evolve|state|measure|windows|batch|judge|judgement|bins|calendar)\\.ts$',
  '^libs/[^/]+/src/[a-z-]+-(events|commands|decider)\\.ts$',
];
const CONTEXTS = '(deployments|predictions|monitoring|alerts|audit|identity)';

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'A cycle of injectables crashes at import.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'What decides does no I/O: it must replay anywhere.',
      severity: 'error',
      from: { path: DOMAIN },
      to: {
        path: '^(node_modules/(?!zod|@nestjs/cqrs)|libs/(clickhouse|messaging|graphql-kit|observability|platform|inference)|apps)|^(fs|http|child_process|worker_threads)$',
      },
    },
    {
      name: 'statistics-knows-only-kernel',
      comment: 'The statistics library can be read, tested and published alone.',
      severity: 'error',
      from: { path: '^libs/statistics/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(statistics|kernel)/', '^node_modules/simple-statistics'] },
    },
    {
      name: 'contexts-meet-at-doors',
      comment: 'A context shows others its events and ids; its decider, queries and tables are its own.',
      severity: 'error',
      from: { path: `^libs/${CONTEXTS}/` },
      to: { path: `^libs/${CONTEXTS}/`, pathNot: ['^libs/$1/', '^libs/[^/]+/src/(index|read|graphql|http)\\.ts$'] },
    },
    {
      name: 'libs-have-doors',
      comment: 'What stands behind a door may change without asking anybody; an adapter is a door of its own.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: {
        path: '^libs/',
        pathNot: ['^libs/$2/', '^libs/[^/]+/src/((index|read|graphql|http)\\.ts$|[a-z-]+/index\\.ts$)', '\\.contract\\.ts$'],
      },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that leads nowhere fails at run time only where it is reached.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'adapters-only-from-platform-and-apps',
      comment: 'Only what wires a process may know which engine stands behind a port.',
      severity: 'error',
      from: {
        path: '^libs/',
        pathNot: ['^libs/platform/', '\\.spec\\.ts$', '\\.contract\\.ts$', '^libs/(event-store|clickhouse|messaging|leases|inference)/'],
      },
      to: {
        path: '^libs/(event-store/src/(sqlite|memory|eventstoredb)|clickhouse/src/(chdb|http)|(messaging|leases)/src/(in-process|nats)|inference/src/onnx)/',
      },
    },
    { name: 'libs-know-no-apps', comment: 'Apps are wiring.', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'apps-do-not-import-apps',
      comment: 'A process is composed of libs, not of another process; standalone is all of the others in one.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-test-support-in-production',
      comment: 'Test doubles stay in tests.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '\\.(spec|contract)\\.ts$' },
      to: { path: '^test/|fast-check|\\.contract\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
