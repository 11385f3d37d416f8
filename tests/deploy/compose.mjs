// docker-compose.yml is checked against the compose specification's schema and by dclint's rules (one run of dclint,
// whose package ships the current schema), and then for the needs of this stack: order, limits, rights, ports.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { catches, in_folder, load, read, test } from "./support.mjs";

const { DCLinter } = load("dclint");
const yaml = load("yaml");

export function lint_messages(text) {
  return in_folder((folder) => {
    const file = path.join(folder, "docker-compose.yml");
    fs.writeFileSync(file, text);
    const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
    const messages = linter.lintFiles([file], false).flatMap((result) => result.messages);
    return messages.map((one) => `${one.rule}: ${one.message}`);
  });
}

const healthy = { condition: "service_healthy" };

/// What every service must have, by its path in the file.
const wanted = {
  "postgres.image": "postgres:18",
  "postgres.volumes": ["postgres-18-data:/var/lib/postgresql"],
  "postgres.healthcheck.test.1": "pg_isready",
  "redis.image": "redis:8.2",
  "migrate.command": ["bigocean", "migrate"],
  "migrate.restart": "no",
  "migrate.depends_on": { postgres: healthy },
  "serve.command": ["bigocean", "serve"],
  "serve.depends_on": {
    migrate: { condition: "service_completed_successfully" },
    postgres: healthy,
    redis: healthy,
  },
  "serve.healthcheck.test": ["CMD", "/usr/local/bin/bigocean", "healthcheck", "--ready"],
  "psql.profiles": ["tools"],
  "redis-cli.profiles": ["tools"],
};
for (const name of ["migrate", "serve"]) {
  wanted[`${name}.read_only`] = true;
  wanted[`${name}.cap_drop`] = ["ALL"];
  wanted[`${name}.security_opt`] = ["no-new-privileges:true"];
  wanted[`${name}.env_file`] = [{ path: ".env.local", required: false }];
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function faults(text) {
  const file = yaml.parse(text, { merge: true });
  const found = [];
  for (const [where, expected] of Object.entries(wanted)) {
    const value = where.split(".").reduce((node, key) => node?.[key], file.services);
    if (!same(value, expected)) found.push(`${where}: ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`);
  }
  if (!file.services.redis.command.join(" ").includes("--appendonly yes")) found.push("redis: no --appendonly yes");
  const builders = Object.keys(file.services).filter((name) => file.services[name].build !== undefined);
  if (!same(builders, ["migrate"])) found.push(`built by ${builders}: the image needs one builder, the service that starts first`);
  for (const [name, service] of Object.entries(file.services)) found.push(...service_faults(name, service, file));
  return found;
}

function service_faults(name, service, { volumes }) {
  const found = [];
  for (const port of service.ports ?? []) {
    if (!/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/.test(port)) found.push(`${name}: port ${port} is open or fixed`);
  }
  for (const volume of service.volumes ?? []) {
    if (!(volume.split(":")[0] in volumes)) found.push(`${name}: ${volume} is no named volume`);
  }
  if (service.profiles === undefined && service.deploy?.resources?.limits?.memory === undefined) {
    found.push(`${name}: no limit of memory`);
  }
  return found;
}

/// What is wrong with a docker-compose.yml, in words.
async function complaints(text) {
  const messages = await lint_messages(text);
  return messages.some((one) => one.startsWith("invalid-schema")) ? messages : [...messages, ...faults(text)];
}

const mutations = [
  ["an unknown key", "    stop_grace_period: 15s", "    stop_grace: 15s", /invalid-schema/],
  ["a duration that is none", "start_period: 10s", "start_period: [10]", /invalid-schema/],
  ["a condition that is none", "service_completed_successfully", "service_completed", /invalid-schema/],
  ["an image without a tag", "image: redis:8.2\n    volumes", "image: redis\n    volumes", /require-explicit-tag/],
  ["a port open to all", "'127.0.0.1:${BIGOCEAN_PORT", "'${BIGOCEAN_PORT", /no-unbound-port-interfaces/],
  ["a port that cannot be chosen", "${REDIS_PORT:-6379}:6379", "6379:6379", /redis: port/],
  ["a server that waits for no migration",
    "      migrate:\n        condition: service_completed_successfully\n", "", /serve.depends_on/],
  ["a writable root file system", "  read_only: true\n", "", /serve.read_only/],
  ["kept capabilities", "  cap_drop: [ALL]\n", "", /serve.cap_drop/],
  ["a Redis that keeps nothing", "      - 'yes'\n", "      - 'no'\n", /appendonly/],
  ["data where PostgreSQL 18's image does not keep it", "postgres-18-data:/var/lib/postgresql\n", "postgres-18-data:/var/lib/postgresql/data\n",
    /postgres.volumes/],
  ["a volume that is not declared", "  redis-data:\n", "", /redis-data/],
  ["no limit of memory", "          memory: 1G\n", "", /postgres: no limit/],
  ["another health check", "'healthcheck', '--ready'", "'healthcheck'", /serve.healthcheck/],
  ["a tool that starts with the stack",
    "entrypoint: ['psql']\n    restart: 'no'\n    profiles: [tools]", "entrypoint: ['psql']\n    restart: 'no'",
    /psql.profiles/],
  ["two builders of one image",
    "    pull_policy: never\n", "    build:\n      context: .\n    pull_policy: build\n", /one builder/],
  ["a file of keys that must exist", "      required: false\n", "      required: true\n", /env_file/],
];

export async function compose_tests() {
  const text = read("docker-compose.yml");
  await test("docker-compose.yml keeps to the specification, to dclint's rules and to ours", async () => {
    assert.deepEqual(await complaints(text), []);
  });
  await catches(text, mutations, complaints);
}
