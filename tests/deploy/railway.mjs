// .railway/railway.ts is type-checked, evaluated with Railway's own package, and the graph that it yields is held
// against railway.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { catches, changed, in_folder, load, read, test, tools } from "./support.mjs";

const ts = load("typescript");

// As .railway/package.json's script `check` has it.
const compiler_options = {
  module: ts.ModuleKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
};

// The library's own declarations are parsed once, not once a case.
const parsed = new Map();
function compiler_host() {
  const host = ts.createCompilerHost(compiler_options);
  const parse = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!file.includes("node_modules")) return parse(file, ...rest);
    if (!parsed.has(file)) parsed.set(file, parse(file, ...rest));
    return parsed.get(file);
  };
  return host;
}

function type_errors(file) {
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], compiler_options, compiler_host()));
  return found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, " "));
}

/// What the platform's tool does with the file: run the program, take the project that it describes, and judge the
/// graph of what refers to what.
async function evaluate(file) {
  const module = path.join(tools, "node_modules/railway/dist/iac/index.js");
  const { createRailwayContext, RAILWAY_GRAPH_VERSION, validateGraph } = await import(pathToFileURL(module).href);
  const program = (await import(pathToFileURL(file).href)).default;
  const project = await program(createRailwayContext());
  const edges = project.resources.flatMap(({ address, variables }) =>
    Object.values(variables ?? {})
      .filter((variable) => variable.type === "reference")
      .map((variable) => ({ from: address, to: variable.resource })),
  );
  const graph = { version: RAILWAY_GRAPH_VERSION, project, environments: [], resources: project.resources, edges };
  return { project, faults: validateGraph(graph) };
}

/// What is wrong with a railway.ts, beside a railway.json, in words.
async function complaints(script, configuration) {
  return in_folder(async (folder) => {
    const file = path.join(folder, "railway.ts");
    fs.writeFileSync(file, script);
    const wrong_types = type_errors(file);
    if (wrong_types.length > 0) return wrong_types;
    const { project, faults } = await evaluate(file);
    return [...faults, ...differences(project, configuration), ...wiring_faults(project)];
  });
}

const services = (project) => project.resources.filter((one) => one.type === "service");

function differences(project, configuration) {
  const found = [];
  const [service] = services(project);
  for (const part of ["build", "deploy"]) {
    const keys = new Set([...Object.keys(configuration[part]), ...Object.keys(service[part] ?? {})]);
    for (const key of keys) {
      const [here, there] = [service[part]?.[key], configuration[part][key]].map((one) => JSON.stringify(one));
      if (here !== there) found.push(`${part}.${key}: ${here} in railway.ts, ${there} in railway.json`);
    }
  }
  return found;
}

/// The stores, their references, the secrets, and the wait for the workflows.
function wiring_faults(project) {
  const found = [];
  const expect = (what, actual, expected) => {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      found.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
    }
  };
  const database = project.resources.find((one) => one.engine === "postgres");
  const cache = project.resources.find((one) => one.engine === "redis");
  expect("number of services", services(project).length, 1);
  const [service] = services(project);
  const reference = (resource, output) => ({ type: "reference", resource: resource?.address, output });
  expect("DATABASE_URL", service.variables.DATABASE_URL, reference(database, "DATABASE_URL"));
  expect("REDIS_URL", service.variables.REDIS_URL, reference(cache, "REDIS_URL"));
  expect("ANTHROPIC_API_KEY", service.variables.ANTHROPIC_API_KEY, { type: "preserve" });
  expect("SENTRY_DSN", service.variables.SENTRY_DSN, { type: "preserve" });
  expect("NODE_ENV", service.variables.NODE_ENV, { type: "literal", value: "production" });
  expect("source.branch", service.source?.branch, "main");
  expect("source.checkSuites", service.source?.checkSuites, true);
  return found;
}

const mutations = [
  ["seconds as text", "drainingSeconds: 30", 'drainingSeconds: "30"', /'string' is not assignable to type 'number'/],
  ["an unknown key", "overlapSeconds:", "overlapSecond:", /'overlapSecond' does not exist/],
  ["a variable the database has not", "database.env.DATABASE_URL", "database.env.DATABASE_URI", /DATABASE_URI/],
  ["a restart policy that is none", '"ON_FAILURE"', '"SOMETIMES"', /"SOMETIMES"/],
  ["another drain", "drainingSeconds: 30", "drainingSeconds: 31", /deploy.drainingSeconds: 31/],
  ["a drain left out", "      drainingSeconds: 30,\n", "", /deploy.drainingSeconds: undefined/],
  ["no pre-deploy", '      preDeployCommand: ["bigocean migrate"],\n', "", /deploy.preDeployCommand/],
  ["another health check", '"/ready"', '"/health"', /deploy.healthcheckPath/],
  ["another builder", 'builder: "DOCKERFILE"', 'builder: "RAILPACK"', /build.builder/],
  ["a deploy key of one file only", "overlapSeconds: 10,", "overlapSeconds: 10, numReplicas: 2,", /numReplicas/],
  ["a secret in the file", "SENTRY_DSN: preserve()", 'SENTRY_DSN: "https://key@host/1"', /SENTRY_DSN: /],
  ["Redis for the database", "database.env.DATABASE_URL", "cache.env.REDIS_URL", /DATABASE_URL: .*Redis/],
  ["a deploy that waits for no test", "checkSuites: true", "checkSuites: false", /checkSuites/],
  ["Redis left out", "[database, cache, bigocean]", "[database, bigocean]", /missing target: database.Redis/],
];

export async function railway_tests() {
  const script = read(".railway/railway.ts");
  const configuration = JSON.parse(read("railway.json"));
  await test("railway.ts has the right types and yields what railway.json says", async () => {
    assert.deepEqual(await complaints(script, configuration), []);
  });
  await catches(script, mutations, (changed_script) => complaints(changed_script, configuration));

  await test("the way to the pooler in docs/railway.md is right", async () => {
    const line = read("docs/railway.md").match(/^DATABASE_UNPOOLED_URL: ref\(.*?\),/m)?.[0];
    assert.ok(line, "docs/railway.md shows how DATABASE_UNPOOLED_URL is passed on");
    const pooled = changed(changed(script, "redis, service }", "redis, ref, service }"), "      REDIS_URL:",
      `      ${line}\n      REDIS_URL:`);
    assert.deepEqual(await complaints(pooled, configuration), []);
  });
  await test("both package.json name the same versions of railway and typescript", () => {
    const ours = JSON.parse(read("tests/deploy/package.json")).dependencies;
    const theirs = JSON.parse(read(".railway/package.json")).devDependencies;
    assert.deepEqual(theirs, { railway: ours.railway, typescript: ours.typescript });
  });
}
