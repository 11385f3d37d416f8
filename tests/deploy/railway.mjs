// .railway/railway.ts is type-checked, evaluated with Railway's own package, and compared: with railway.json, and with what
// Railway would read back after it was applied (plan.mjs, railway_environment.json).
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { evaluate, with_examples } from "./graph.mjs";
import { plan, platform_defaults, without_defaults } from "./plan.mjs";
import { page_tests } from "./railway_page.mjs";
import { catches, changed, in_folder, read, test } from "./support.mjs";
import { type_errors } from "./types.mjs";

const environment_after_apply = JSON.parse(read("tests/deploy/railway_environment.json"));
const configuration = JSON.parse(read("railway.json"));

/// Calls `judge` with what a script describes; its wrong types are the complaints when there are any.
async function described(script, judge) {
  return in_folder(async (folder) => {
    const file = path.join(folder, "railway.ts");
    fs.writeFileSync(file, script);
    const wrong_types = type_errors(file);
    return wrong_types.length > 0 ? wrong_types : judge(await evaluate(file));
  });
}

const planned = (script, environment) =>
  described(script, (description) => plan(description, environment).map(in_words));
const in_words = ({ what, destructive, refused }) => (destructive ? "DESTRUCTIVE: " : refused ? "REFUSED: " : "") + what;

/// What is wrong with a railway.ts, in words: a second plan, after it was applied, must be empty.
const complaints = (script) =>
  described(script, (description) => [
    ...description.faults,
    ...(description.partial === undefined ? ["no partial: a plan deletes what this file does not declare"] : []),
    ...defaults_written_out(description.project),
    ...command_faults(description.project),
    ...differences(description.project),
    ...plan(description, environment_after_apply).map(in_words),
  ]);

function defaults_written_out(project) {
  const found = [];
  for (const resource of project.resources) {
    for (const [part, defaults] of Object.entries(platform_defaults)) {
      for (const [key, value] of Object.entries(resource[part] ?? {})) {
        if (defaults[key] === value) found.push(`${resource.name}: ${part}.${key} is ${value}, the platform's default`);
      }
    }
  }
  return found;
}

/// The platform runs at most one pre-deploy command, and none of its commands in a shell of ours: the image has none.
function command_faults(project) {
  const found = [];
  for (const { name, deploy } of project.resources) {
    const commands = [...(deploy?.preDeployCommand ?? []), deploy?.startCommand ?? ""];
    if (deploy?.preDeployCommand?.length > 1) found.push(`${name}: several pre-deploy commands`);
    for (const one of commands) {
      if (/[&|;<>$`]/.test(one)) found.push(`${name}: ${one} needs a shell`);
    }
  }
  return found;
}

/// railway.json, the older way, says the same of the service.
function differences(project) {
  const found = [];
  const service = project.resources.find((one) => one.name === "bigocean");
  for (const part of ["build", "deploy"]) {
    const [here, there] = [service?.[part], configuration[part]].map((value) => without_defaults(part, value));
    for (const key of new Set([...Object.keys(here), ...Object.keys(there)])) {
      const [one, other] = [here[key], there[key]].map((value) => JSON.stringify(value));
      if (one !== other) found.push(`${part}.${key}: ${one} in railway.ts, ${other} in railway.json`);
    }
  }
  return found;
}

const wrong_files = [
  ["seconds as text", "drainingSeconds: 30", 'drainingSeconds: "30"', /'string' is not assignable to type 'number'/],
  ["an unknown key", "overlapSeconds:", "overlapSecond:", /'overlapSecond' does not exist/],
  ["a variable the database has not", "DATABASE_URL: postgres.env.DATABASE_URL,\n      //", 
    "DATABASE_URL: postgres.env.DATABASE_URI,\n      //", /DATABASE_URI/],
  ["a restart policy that is none", "drainingSeconds: 30,", 'drainingSeconds: 30, restartPolicyType: "SOMETIMES",', /"SOMETIMES"/],
  ["a default written out: the restart policy", "drainingSeconds: 30,", 'drainingSeconds: 30, restartPolicyType: "ON_FAILURE",',
    /deploy.restartPolicyType is ON_FAILURE, the platform's default[^]*update bigocean deploy.restartPolicyType/],
  ["a default written out: one replica", "drainingSeconds: 30,", "drainingSeconds: 30, numReplicas: 1,",
    /numReplicas is 1, the platform's default/],
  ["a default written out: the Dockerfile's path", 'builder: "DOCKERFILE" },\n    deploy: {\n',
    'builder: "DOCKERFILE", dockerfilePath: "Dockerfile" },\n    deploy: {\n', /dockerfilePath is Dockerfile, the platform's default/],
  ["no partial", 'export const partial = "big-ocean";\n', "", /no partial/],
  ["another partial", 'partial = "big-ocean"', 'partial = "another"', /REFUSED: service.bigocean is owned by partial big-ocean/],
  ["a service missing", "      bigocean,\n      //", "      //", /DESTRUCTIVE: delete service.bigocean/],
  ["a database missing that is referred to", "      redis,\n", "", /missing target: database.Redis/],
  ["PostgreSQL's image changed", "postgres-ssl:18", "postgres-ssl:17", 
    /DESTRUCTIVE: change the image of Postgres from postgres:18 to postgres:17/],
  ["Redis's image changed", "redis:8.2", "redis:7.2", /DESTRUCTIVE: change the image of Redis from redis:8 to redis:7/],
  ["a preserve() of nothing", "SENTRY_DSN: preserve(),", "SENTRY_DSN: preserve(), SENTRY_DNS: preserve(),", /REFUSED: preserve bigocean.SENTRY_DNS/],
  ["a variable left out", "      SENTRY_DSN: preserve(),\n", "", /DESTRUCTIVE: delete variable bigocean.SENTRY_DSN/],
  ["a secret in the file", "SENTRY_DSN: preserve()", 'SENTRY_DSN: "https://key@host/1"', /update variable bigocean.SENTRY_DSN/],
  ["Redis for the database", "DATABASE_URL: postgres.env.DATABASE_URL,\n      //",
    "DATABASE_URL: redis.env.REDIS_URL,\n      //", /update variable bigocean.DATABASE_URL/],
  ["another drain", "drainingSeconds: 30", "drainingSeconds: 31", /deploy.drainingSeconds: 31/],
  ["a drain left out", "      drainingSeconds: 30,\n", "", /deploy.drainingSeconds: undefined/],
  ["no pre-deploy", '      preDeployCommand: ["bigocean migrate"],\n', "", /deploy.preDeployCommand/],
  ["two pre-deploy commands", '["bigocean migrate"]', '["bigocean migrate", "bigocean check-db"]', /several pre-deploy commands/],
  ["a pre-deploy command for a shell", '"bigocean migrate"', '"bigocean migrate && bigocean check-db"', /needs a shell/],
  ["another health check", '"/ready"', '"/health"', /deploy.healthcheckPath/],
  ["another builder", 'builder: "DOCKERFILE" },\n    deploy: {\n', 'builder: "RAILPACK" },\n    deploy: {\n', /build.builder/],
  ["a deploy key of one file only", "overlapSeconds: 10,", "overlapSeconds: 10, numReplicas: 2,", /numReplicas: 2 in railway.ts/],
  ["a deploy that waits for no test", "checkSuites: true", "checkSuites: false", /source.checkSuites/],
  ["another branch", 'branch: "main"', 'branch: "next"', /source.branch/],
];

/// Environments that a file can meet, made from the one after the first apply.
const environments = {
  /// After `railway add --service bigocean` and the commands that set the variables.
  from_nothing: {
    owners: {},
    resources: [
      {
        ...environment_after_apply.resources.find(({ address }) => address === "service.bigocean"),
        source: undefined,
        build: { builder: "RAILPACK" },
        deploy: { runtime: "V2" },
        variables: { ANTHROPIC_API_KEY: "*****", SENTRY_DSN: "", BIGOCEAN_METRICS_TOKEN: "" },
      },
    ],
  },
  /// Of a project that has services of its own, which this repository knows nothing of.
  with_others: {
    owners: { ...environment_after_apply.owners, "service.owned-by-another": "another" },
    resources: [
      ...environment_after_apply.resources,
      { address: "service.shop", type: "service", name: "shop", variables: { KEY: "*****" } },
      { address: "database.Shop", type: "database", name: "Shop", image: "postgres:15" },
      { address: "service.owned-by-another", type: "service", name: "owned-by-another" },
    ],
  },
  /// Where PostgreSQL was made when the template had 16.
  with_postgres_16: {
    owners: environment_after_apply.owners,
    resources: JSON.parse(JSON.stringify(environment_after_apply.resources).replace("postgres-ssl:18", "postgres-ssl:16")),
  },
};

async function environment_tests(script) {
  await test("from nothing: an apply makes both databases and deletes nothing", async () => {
    const changes = await planned(script, environments.from_nothing);
    assert.deepEqual(changes.filter((one) => /DESTRUCTIVE|REFUSED/.test(one)), []);
    for (const one of ["create database.Postgres", "create database.Redis", "set variable bigocean.DATABASE_URL"]) {
      assert.ok(changes.includes(one), one);
    }
  });
  await test("from nothing, without the service and its secrets: the first apply fails, as docs/railway.md says", async () => {
    const changes = await planned(script, { owners: {}, resources: [] });
    assert.ok(changes.includes("REFUSED: create service.bigocean: there is no ANTHROPIC_API_KEY to preserve"));
  });
  await test("a project with other services keeps them", async () => {
    assert.deepEqual(await planned(script, environments.with_others), []);
  });
  await test("  without a partial they would be deleted", async () => {
    const nameless = changed(script, 'export const partial = "big-ocean";\n', "");
    const unowned = { ...environments.with_others, owners: {} };
    const changes = await planned(nameless, unowned);
    assert.deepEqual(changes.sort(), ["database.Shop", "service.owned-by-another", "service.shop"].map((one) => `DESTRUCTIVE: delete ${one}`));
  });
  await test("PostgreSQL 16 that exists: a change of its image is seen, and 16 in the file is none", async () => {
    const moved = "DESTRUCTIVE: change the image of Postgres from postgres:16 to postgres:18";
    assert.deepEqual(await planned(script, environments.with_postgres_16), [moved]);
    const kept = changed(script, "postgres-ssl:18", "postgres-ssl:16");
    assert.deepEqual(await planned(kept, environments.with_postgres_16), []);
  });
}

async function example_tests(script) {
  await test("the examples in railway.ts are right, all together", async () => {
    const changes = await planned(with_examples(script), environment_after_apply);
    assert.deepEqual(changes.sort(), [
      "create service.bigocean-later",
      "create volume.bigocean-crashes",
      "set variable bigocean.BIGOCEAN_RPC_CORS_ORIGINS",
      "set variable bigocean.BIGOCEAN_SENTRY_CRASH_DIR",
      "set variable bigocean.BIGOCEAN_SERVER_EDGE_NETWORK",
      "set variable bigocean.DATABASE_UNPOOLED_URL",
      "update bigocean volumeAttachments",
    ]);
  });
  await test("the example for the pooler is right on its own", async () => {
    const changes = await planned(with_examples(script, "DATABASE_UNPOOLED_URL", "import {"), environment_after_apply);
    assert.deepEqual(changes, ["set variable bigocean.DATABASE_UNPOOLED_URL"]);
  });
  await test("`tracing` is a comment for as long as npm's package does not know it", async () => {
    const traced = changed(script, "// tracing: { enabled: true }, //", "tracing: { enabled: true }, //");
    assert.match((await complaints(traced)).join("\n"), /'tracing' does not exist/);
  });
}

export async function railway_tests() {
  const script = read(".railway/railway.ts");
  await test("railway.ts has the right types; applied a second time, it changes nothing", async () => {
    assert.deepEqual(await complaints(script), []);
  });
  await catches(script, wrong_files, complaints);
  await environment_tests(script);
  await example_tests(script);
  await test("the databases are those that Railway's package makes itself, with their images pinned", () =>
    described(changed(changed(script, "import { database,", "import { database, postgres as template, redis as redis_template,"),
      "    resources: [\n", '    resources: [\n template("A"), redis_template("B"),'), ({ project }) => {
      const by_name = Object.fromEntries(project.resources.map((one) => [one.name, one]));
      for (const [ours, theirs] of [["Postgres", "A"], ["Redis", "B"]]) {
        assert.deepEqual({ ...by_name[ours], name: "", address: "" }, { ...by_name[theirs], name: "", address: "" });
      }
    }));
  await page_tests();
  await test("both package.json name the same versions of railway and typescript", () => {
    const ours = JSON.parse(read("tests/deploy/package.json")).dependencies;
    const theirs = JSON.parse(read(".railway/package.json")).devDependencies;
    assert.deepEqual(theirs, { railway: ours.railway, typescript: ours.typescript });
  });
}
