// The house's inner walls: what each lib may import (ARCHITECTURE.md has the same table for people).
const MAY_IMPORT = {
  problem: [],
  documents: ['problem'],
  tlog: ['documents', 'problem'],
  credentials: ['documents', 'problem'],
  materials: ['documents', 'credentials', 'problem'],
  rules: ['materials', 'credentials', 'documents', 'problem'],
  verification: ['rules', 'materials', 'credentials', 'tlog', 'documents', 'problem'],
  threads: ['problem'],
  keys: ['threads', 'credentials', 'tlog', 'documents', 'problem'],
  store: ['tlog', 'documents', 'problem'],
  http: ['documents', 'credentials', 'problem'],
};
const PURE = ['problem', 'documents', 'tlog', 'credentials', 'materials', 'rules', 'verification'];

const borders = Object.entries(MAY_IMPORT).map(([lib, allowed]) => ({
  name: `borders-of-${lib}`,
  comment: `libs/${lib} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/` },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...borders,
    {
      name: 'pure-libs-touch-nothing',
      comment: 'Pure libs run in a browser: no node built-ins, no Nest, no TypeORM, no pg.',
      severity: 'error',
      from: { path: `^libs/(${PURE.join('|')})/src/` },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg'],
        pathNot: 'node_modules/(@noble|@scure|fflate|ajv|ajv-formats|fast-deep-equal|fast-uri)/',
      },
    },
    {
      name: 'cli-never-touches-the-store',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^(libs/(store|http)/|apps/registry/)' },
    },
    {
      name: 'apps-enter-libs-by-the-front-door',
      comment: 'Other libs are reached only by #lib/<name>, that is by their index.ts.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index[.]ts)', pathNot: '^$1/$2/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'generated|[.]spec[.]ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['lodestone-src', 'import', 'node', 'default', 'types'],
    },
  },
};
