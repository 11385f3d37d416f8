// deploy/kubernetes is checked against Kubernetes' own description of its objects, as the npm package kubernetes-models has
// it: values by the package's validators, misspelt keys by its types. Then our own rules: which exit codes are retried, which
// limit is longer than which.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { command_faults, exit_codes, longest_run, seconds, settings, variable_faults } from "./facts.mjs";
import { catches, in_folder, load, project, read, test, tools } from "./support.mjs";
import { type_errors } from "./types.mjs";

const yaml = load("yaml");
const models = path.join(tools, "node_modules/kubernetes-models");

/// What Kubernetes' description says against an object.
async function schema_faults({ apiVersion, kind, ...rest }) {
  const file = path.join(models, String(apiVersion), "index.js");
  const model = fs.existsSync(file) && (await import(pathToFileURL(file).href))[kind];
  if (!model) return [`there is no ${kind} in ${apiVersion}`];
  const found = [];
  try {
    new model({ apiVersion, kind, ...rest }).validate();
  } catch (error) {
    found.push(String(error.message));
  }
  // The validators let unknown keys pass, which the API server refuses.
  const types = in_folder((folder) => {
    const script = path.join(folder, "object.ts");
    const object = JSON.stringify({ apiVersion, kind, ...rest });
    fs.writeFileSync(script, `import type { I${kind} } from "kubernetes-models/${apiVersion}";\nexport const object: I${kind} = ${object};\n`);
    return type_errors(script);
  });
  return [...found, ...(await types)];
}

const environment_of = ({ env }) => Object.fromEntries((env ?? []).map(({ name, value }) => [name, value ?? "a secret"]));
const is_ours = ({ args }) => args?.[0] === "bigocean";

/// What is wrong with a container that runs bigocean.
function container_faults(container) {
  const { name, securityContext, resources } = container;
  const found = [
    ...command_faults(name, container.args),
    ...variable_faults(name, Object.keys(environment_of(container))),
  ];
  if (resources?.limits?.memory === undefined) found.push(`${name}: no limit of memory`);
  if (securityContext?.readOnlyRootFilesystem !== true) found.push(`${name}: a writable root file system`);
  if (securityContext?.allowPrivilegeEscalation !== false) found.push(`${name}: it may get more rights`);
  if (securityContext?.capabilities?.drop?.includes("ALL") !== true) found.push(`${name}: kept capabilities`);
  return found;
}

function job_faults({ activeDeadlineSeconds, podFailurePolicy, template }) {
  const { containers, restartPolicy } = template.spec;
  const [container] = containers;
  const found = [];
  if (restartPolicy !== "Never") found.push(`restartPolicy ${restartPolicy}: podFailurePolicy needs Never`);
  const [disruption, others] = podFailurePolicy?.rules ?? [];
  if (disruption?.action !== "Ignore" || disruption.onPodConditions?.[0].type !== "DisruptionTarget") {
    found.push("a drained node counts as a failure");
  }
  const { containerName, operator, values } = others?.onExitCodes ?? {};
  const { retried } = exit_codes(...container.args.slice(1).filter((word) => /^[a-z]/.test(word)).slice(0, 1));
  if (others?.action !== "FailJob" || operator !== "NotIn" || String(values) !== String(retried)) {
    found.push(`retried: ${operator} ${values}, bigocean says ${retried}`);
  }
  if (containerName !== container.name) found.push(`podFailurePolicy is for ${containerName}, there is ${container.name}`);
  if (container.args[1] === "migrate") {
    const longest = longest_run(environment_of(container));
    if (!(activeDeadlineSeconds > longest)) found.push(`activeDeadlineSeconds ${activeDeadlineSeconds}, migrate may take ${longest}`);
  }
  if (!(activeDeadlineSeconds > 0)) found.push("no limit of time");
  return found;
}

function deployment_faults({ progressDeadlineSeconds, template }) {
  const found = [];
  for (const container of (template.spec.initContainers ?? []).filter(is_ours)) {
    const longest = longest_run(environment_of(container));
    if (!(progressDeadlineSeconds > longest)) found.push(`progressDeadlineSeconds ${progressDeadlineSeconds}, migrate may take ${longest}`);
  }
  for (const container of template.spec.containers.filter(is_ours)) found.push(...serve_faults(container, template.spec));
  return found;
}

/// The probes that operations.md describes; a drain that ends before the kill; the port that serve listens on.
function serve_faults(container, { terminationGracePeriodSeconds }) {
  const found = [];
  const page = read("docs/operations.md");
  const wanted = { startupProbe: "/startup", readinessProbe: "/ready", livenessProbe: "/health" };
  for (const [probe, wanted_path] of Object.entries(wanted)) {
    assert.ok(page.includes(`\`GET ${wanted_path}\``), wanted_path);
    const { path: asked, port } = container[probe]?.httpGet ?? {};
    if (asked !== wanted_path || port !== container.ports[0].name) found.push(`${probe}: ${asked} at ${port}`);
  }
  const drain = seconds(settings().BIGOCEAN_SERVER_DRAIN_TIMEOUT.value) + (container.lifecycle?.preStop?.sleep?.seconds ?? 0);
  if (!(terminationGracePeriodSeconds >= drain + 2)) found.push(`killed after ${terminationGracePeriodSeconds} s, a drain takes ${drain}`);
  const port = environment_of(container).PORT;
  if (String(container.ports[0].containerPort) !== port) found.push(`it listens on ${port}`);
  return found;
}

async function object_faults(object) {
  const wrong = await schema_faults(object);
  if (wrong.length > 0) return wrong;
  const job = { Job: object.spec, CronJob: object.spec?.jobTemplate?.spec }[object.kind];
  const template = job?.template ?? object.spec?.template;
  const found = job ? job_faults(job) : [];
  if (object.kind === "Deployment") found.push(...deployment_faults(object.spec));
  if (template === undefined) return found;
  const { securityContext, initContainers, containers } = template.spec;
  if (securityContext?.runAsNonRoot !== true) found.push("it may run as root");
  for (const one of [...(initContainers ?? []), ...containers].filter(is_ours)) found.push(...container_faults(one));
  return found;
}

/// What is wrong with a file, in words.
async function complaints(text) {
  const found = [];
  for (const document of yaml.parseAllDocuments(text)) {
    found.push(...document.errors.map(String), ...(await object_faults(document.toJS())));
  }
  return found;
}

const wrong_jobs = [
  ["an unknown key", "  backoffLimit: 3", "  backOffLimit: 3", /backOffLimit/],
  ["an action that is none", "action: FailJob", "action: Fail", /allowed values/],
  ["a number as text", "activeDeadlineSeconds: 7200", "activeDeadlineSeconds: '7200'", /must be integer/],
  ["a version that has no Job", "apiVersion: batch/v1", "apiVersion: batch/v2", /no Job in batch\/v2/],
  ["a retry of what blocked others", "values: [4, 7, 9]", "values: [4, 7, 9, 11]", /retried: NotIn 4,7,9,11/],
  ["no retry while another migrates", "values: [4, 7, 9]", "values: [7, 9]", /retried: NotIn 7,9/],
  ["the opposite", "operator: NotIn", "operator: In", /retried: In/],
  ["another container's exit code", "containerName: migrate", "containerName: main", /for main/],
  ["restarts in the pod", "restartPolicy: Never", "restartPolicy: OnFailure", /needs Never/],
  ["a deadline inside migrate's", "activeDeadlineSeconds: 7200", "activeDeadlineSeconds: 3600", /may take 5760/],
  ["migrate's own long default", "            - name: BIGOCEAN_MIGRATE_CONCURRENTLY_TIMEOUT # CREATE INDEX CONCURRENTLY; 6h if it is not set\n              value: 90m\n",
    "", /may take 21960/],
  ["a variable that does not exist", "BIGOCEAN_MIGRATE_DEADLINE", "BIGOCEAN_MIGRATE_TIMEOUT", /no setting BIGOCEAN_MIGRATE_TIMEOUT/],
  ["a command that does not exist", "args: [bigocean, migrate]", "args: [bigocean, migrate, --now]", /unknown option `--now`/],
  ["a writable root file system", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", /writable root/],
];
const wrong_servers = [
  ["a kill inside the drain", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 10", /a drain takes 13/],
  ["a restart while PostgreSQL is away", "path: /health", "path: /ready", /livenessProbe: \/ready/],
  ["another port", "value: '4000'", "value: '8080'", /listens on 8080/],
];

export async function kubernetes_tests() {
  const folder = "deploy/kubernetes";
  const names = fs.readdirSync(path.join(project, folder)).sort();
  await test(`${folder}: a Job, an init container, probes, work at a time of day, a secret`, () => {
    assert.deepEqual(names, ["check-cronjob.yaml", "init-container.yaml", "migrate-job.yaml", "secret.yaml", "serve.yaml"]);
  });
  for (const name of names) {
    await test(`${folder}/${name} keeps to Kubernetes' description and to our rules`, async () => {
      assert.deepEqual(await complaints(read(`${folder}/${name}`)), []);
    });
  }
  await catches(read(`${folder}/migrate-job.yaml`), wrong_jobs, complaints);
  await catches(read(`${folder}/serve.yaml`), wrong_servers, complaints);
  await catches(read(`${folder}/init-container.yaml`), [
    ["a rollout that fails while migrate works", "progressDeadlineSeconds: 7200", "progressDeadlineSeconds: 600", /may take 5760/],
  ], complaints);
}
