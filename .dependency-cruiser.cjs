/**
 * Who may import whom: ARCHITECTURE.md has the same table in words. A folder is entered by its `index.ts`, or by a file
 * that is named here as a second door.
 */

/** What each part of `src/` may import beside itself. Whatever is not named is forbidden. */
const mayImport = {
  live: [],
  cost: ["live"],
  redaction: [],
  traces: ["log", "reason", "redaction"],
  providers: ["traces", "log", "redaction"],
  db: ["config", "live", "log", "reason", "redaction"],
  config: ["live", "cost"],
  eventlog: ["live", "traces", "db", "config", "log"],
  webhooks: ["live", "eventlog", "traces", "log", "reason", "redaction"],
  notifications: ["live", "eventlog", "providers", "playback", "traces", "log", "redaction"],
  metrics: ["live", "eventlog", "providers", "db", "log"],
  journal: ["eventlog", "providers", "log"],
  timeline: ["live", "eventlog", "webhooks", "journal"],
  engine: [
    ...[
      "live",
      "eventlog",
      "metrics",
      "webhooks",
      "providers",
      "notifications",
      "traces",
      "db",
      "config",
      "log",
      "reason",
      "redaction",
    ],
    ...["coalesce", "deferred"],
  ],
  figures: ["live", "eventlog", "webhooks", "providers", "engine", "db", "log"],
  keys: ["eventlog", "db"],
  playback: ["live", "log"],
  api: [
    ...[
      "live",
      "cost",
      "eventlog",
      "metrics",
      "keys",
      "notifications",
      "playback",
      "journal",
      "timeline",
      "operators",
      "engine",
      "traces",
    ],
    ...["db", "config", "log", "coalesce", "proof"],
  ],
  console: ["api", "page-headers"],
  operators: ["live", "cost", "eventlog", "engine", "webhooks", "playback", "db"],
  stage: ["live", "eventlog", "providers", "api", "db", "config", "log", "page-headers"],
  cli: [
    "live",
    "cost",
    "eventlog",
    "metrics",
    "journal",
    "timeline",
    "keys",
    "webhooks",
    "playback",
    "operators",
    "providers",
    "notifications",
    "setup",
    "doctor",
    "engine",
    "db",
    "config",
    "log",
    "reason",
    "redaction",
  ],
  sandbox: ["webhooks"],
  doctor: ["setup", "providers", "eventlog", "journal", "db", "config", "log", "reason", "proof"],
  setup: ["notifications", "providers", "webhooks", "config"],
  demo: ["closers", "config", "log"],
};

/** Single files at the top of `src/`. */
const files = {
  closers: "closers\\.ts",
  coalesce: "coalesce\\.ts",
  deferred: "deferred\\.ts",
  log: "log\\.ts",
  proof: "deployment-proof\\.ts",
  "page-headers": "page-headers\\.ts",
  reason: "reason-of\\.ts",
};

const pathOf = (part) => (files[part] === undefined ? `^src/${part}/` : `^src/${files[part]}$`);

/** What of a folder others may import, where it isn't its `index.ts` alone. */
const doors = {
  webhooks: ["index", "sign"],
  sandbox: [],
};

const parts = Object.keys(mayImport);

module.exports = {
  forbidden: [
    ...parts.map((part) => ({
      name: `${part}-imports`,
      comment: `src/${part} may import ${mayImport[part].join(", ") || "nothing"} of ours`,
      severity: "error",
      from: { path: `^src/${part}/` },
      to: { path: "^src/", pathNot: [part, ...mayImport[part]].map(pathOf) },
    })),
    ...parts.map((part) => ({
      name: `${part}-by-its-door`,
      comment: `src/${part} is entered by ${(doors[part] ?? ["index"]).join(" or ")}.ts`,
      severity: "error",
      from: { path: "^(src|bench)/", pathNot: `^src/${part}/` },
      to: {
        path: `^src/${part}/`,
        pathNot: (doors[part] ?? ["index"]).map((door) => `^src/${part}/${door}\\.ts$`),
      },
    })),
    {
      name: "sandbox-signs-only",
      comment: "the imitation is written from the providers' documents: of ours it takes the signers and nothing else",
      severity: "error",
      from: { path: "^src/sandbox/" },
      to: { path: "^src/webhooks/", pathNot: "^src/webhooks/sign\\.ts$" },
    },
    {
      name: "live-is-pure",
      comment: "the core of a channel does no I/O and knows no library",
      severity: "error",
      from: { path: "^src/live/" },
      to: { dependencyTypes: ["core", "npm", "npm-dev"] },
    },
    {
      name: "webhooks-take-types-of-live",
      comment: "a webhook is told apart from what it leads to: of the core it knows the events, not the rules",
      severity: "error",
      from: { path: "^src/webhooks/" },
      to: { path: "^src/live/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "traces-are-loaded-late",
      comment: "whoever traces nothing loads nothing of OpenTelemetry: types only, but for what openTraces imports",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/traces/(open-telemetry|exporter|sampler)\\.ts$" },
      to: { path: "node_modules/@opentelemetry/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "traces-are-opened-by-import",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/traces/open-telemetry\\.ts$", dependencyTypesNot: ["dynamic-import"] },
    },
    {
      name: "page-is-a-browsers",
      comment: "the stage's page runs elsewhere: of ours it takes types of the stage, and nothing takes anything of it",
      severity: "error",
      from: { path: "^src/stage/page/" },
      to: { path: "^src/", pathNot: "^src/stage/page/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "console-page-is-a-client",
      comment: "the console's page knows the service by its API: of ours it takes the client",
      severity: "error",
      from: { path: "^src/console/page/" },
      to: { path: "^src/", pathNot: "^src/console/page/" },
    },
    {
      name: "page-is-built-apart",
      severity: "error",
      from: { path: "^(src|migrations|bench)/", pathNot: "^src/(stage|console)/page/" },
      to: { path: "^src/(stage|console)/page/" },
    },
    {
      name: "client-stands-alone",
      comment: "an app has the client without the service: it takes nothing of ours, and nothing of Node's",
      severity: "error",
      from: { path: "^packages/client/src/" },
      to: { path: "^(src|test|migrations|bench)/" },
    },
    {
      name: "client-is-a-browsers-too",
      severity: "error",
      from: { path: "^packages/client/src/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "examples-are-apps",
      comment: "an app knows Tally by its API; its demo starts one, as the project's own does",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^(src|migrations|bench|test)/", pathNot: "^src/demo/index\\.ts$" },
    },
    {
      name: "not-to-examples",
      severity: "error",
      from: { path: "^(src|migrations|bench|packages)/" },
      to: { path: "^examples/" },
    },
    {
      name: "no-circular",
      severity: "error",
      from: { pathNot: "^node_modules" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "not-to-tests",
      severity: "error",
      from: { path: "^(src|migrations|bench)/" },
      to: { path: "^test/" },
    },
    {
      name: "not-to-dev-dependencies",
      severity: "error",
      // What a page needs is in its build.
      from: { path: "^(src|migrations)/", pathNot: "^src/(stage|console)/page/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
