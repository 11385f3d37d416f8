// deploy/compose/compose.yaml is checked as docker-compose.yml is (by the specification and dclint), and its images' file,
// deploy/image/Dockerfile, names what exists.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { lint_messages } from "./compose.mjs";
import { command_faults, variable_faults } from "./facts.mjs";
import { catches, load, project, read, test } from "./support.mjs";

const yaml = load("yaml");
const file = "deploy/compose/compose.yaml";

/// What is wrong with the compose file, in words.
async function complaints(text) {
  const messages = await lint_messages(text);
  if (messages.some((one) => one.startsWith("invalid-schema"))) return messages;
  const { migrate, "your-service": service } = yaml.parse(text).services;
  const found = [
    ...messages,
    ...command_faults("migrate", migrate.command),
    ...variable_faults("migrate", Object.keys(migrate.environment)),
  ];
  if (migrate.restart !== "no") found.push("a failed migration is started again, whatever its exit code");
  if (service.depends_on.migrate.condition !== "service_completed_successfully") found.push("the service does not wait");
  const dockerfile = path.resolve(project, path.dirname(file), migrate.build.context, migrate.build.dockerfile);
  if (!fs.existsSync(dockerfile)) found.push(`there is no ${dockerfile}`);
  return found;
}

/// What is wrong with the image's file, in words.
function image_complaints(text) {
  const version = read("CMakeLists.txt").match(/project\(bigocean VERSION ([0-9.]+)/)[1];
  const [, from] = text.match(/^FROM bigocean-toolkit:(\S+)$/m) ?? [];
  const [, to] = text.match(/^COPY \S+ (\S+)$/m);
  const variables = [...text.replaceAll("\\\n", " ").matchAll(/^ENV (.*)$/gm)].flatMap(([, all]) => all.trim().split(/\s+/));
  const environment = Object.fromEntries(variables.map((one) => one.split("=")));
  const found = [
    ...command_faults("CMD", JSON.parse(text.match(/^CMD (.*)$/m)[1])),
    ...variable_faults("ENV", Object.keys(environment)),
  ];
  if (from !== version) found.push(`bigocean-toolkit:${from}, this is ${version}`);
  if (environment.BIGOCEAN_MIGRATE_DIR !== to) found.push(`the files are in ${to}, not in ${environment.BIGOCEAN_MIGRATE_DIR}`);
  return found;
}

export async function own_compose_tests() {
  await test(`${file} keeps to the specification, to dclint's rules and to ours`, async () => {
    assert.deepEqual(await complaints(read(file)), []);
  });
  await catches(read(file), [
    ["an unknown key", "    stop_grace_period: 30s\n\n  postgres:", "    stop_grace: 30s\n\n  postgres:", /invalid-schema/],
    ["a service that does not wait", "service_completed_successfully", "service_started", /does not wait/],
    ["restarts whatever the exit code", "restart: 'no'", "restart: on-failure", /whatever its exit code/],
    ["a file that is not there", "deploy/image/Dockerfile", "deploy/images/Dockerfile", /there is no/],
  ], complaints);
  const image = "deploy/image/Dockerfile";
  await test(`${image} is of this version, and finds its files`, () => {
    assert.deepEqual(image_complaints(read(image)), []);
  });
  await catches(read(image), [
    ["another version", "bigocean-toolkit:0.1.0", "bigocean-toolkit:0.0.9", /this is 0\.1\.0/],
    ["another folder", "BIGOCEAN_MIGRATE_DIR=/db/migrations", "BIGOCEAN_MIGRATE_DIR=/migrations", /not in \/migrations/],
  ], image_complaints);
}
