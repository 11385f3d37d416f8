// deploy/github-action/action.yml is checked against the schema of GitHub's actions; its steps are scripts that exist, and get
// what others choose as variables only. What the scripts do is tested in tests/e2e/toolkit.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { catches, load, project, read, test, tools } from "./support.mjs";

const yaml = load("yaml");
const folder = "deploy/github-action";
const { validateAction } = await import(pathToFileURL(path.join(tools, "node_modules/@action-validator/core/action_validator.js")).href);

function script_faults(name) {
  const file = path.join(project, folder, name);
  if (!fs.existsSync(file)) return [`there is no script ${name}`];
  return (fs.statSync(file).mode & 0o111) === 0 ? [`${name} is not executable`] : [];
}

/// How many words a script wants, by the line of its head that says so.
const words_of = (name) => read(`${folder}/${name}`).match(/Usage: \S+((?: [A-Z]+)*)/)[1].trim().split(" ").length;

function step_faults({ name, shell, run, env = {} }, inputs) {
  const found = [];
  const [, script, rest] = run.match(/^"\$GITHUB_ACTION_PATH\/([a-z]+)"((?: "\$[A-Z_]+[^"$]*")*)$/) ?? [];
  if (script === undefined) return [`${name}: ${run} is not one script`];
  found.push(...script_faults(script));
  if (found.length > 0) return found;
  const words = [...rest.matchAll(/"([^"]+)"/g)].map(([, word]) => word);
  if (words.length !== words_of(script)) found.push(`${name}: ${script} wants ${words_of(script)} words`);
  const set = [...Object.keys(env), "RUNNER_TEMP"];
  for (const [, used] of rest.matchAll(/\$([A-Z_]+)/g)) {
    if (!set.includes(used)) found.push(`${name}: $${used} is not set`);
  }
  if (shell !== "bash") found.push(`${name}: no shell`);
  for (const [, used] of JSON.stringify(env).matchAll(/inputs\.([a-z-]+)/g)) {
    if (!(used in inputs)) found.push(`${name}: there is no input ${used}`);
  }
  return found;
}

/// What is wrong with an action.yml, in words.
function complaints(text) {
  const { errors } = validateAction(text);
  if (errors.length > 0) return errors.map((one) => JSON.stringify(one));
  const { inputs, runs } = yaml.parse(text);
  const found = runs.steps.flatMap((step) => step_faults(step, inputs));
  for (const name of Object.keys(inputs)) {
    if (!text.includes(`inputs.${name}`)) found.push(`nothing uses the input ${name}`);
  }
  return found;
}

const mutations = [
  ["an unknown key", "  using: composite", "  uses: composite", /using|uses|OneOf/i],
  ["a script that is not there", '/try" "$MIGRATIONS"', '/trial" "$MIGRATIONS"', /no script trial/],
  ["a shell that gets what others choose", `'"$GITHUB_ACTION_PATH/try" "$MIGRATIONS"'`,
    `'"$GITHUB_ACTION_PATH/try" "\${{ inputs.dir }}"'`, /is not one script/],
  ["a variable that is not set", `"$RUNNER_TEMP/bigocean-plan.md" "$PULL_REQUEST"'`, `"$RUNNER_TEMP/bigocean-plan.md" "$NUMBER"'`, /\$NUMBER is not set/],
  ["a word too few", `/try" "$MIGRATIONS"'`, `/try"'`, /try wants 1 words/],
  ["an input that is not there", "VERSION: ${{ inputs.version }}", "VERSION: ${{ inputs.versions }}", /no input versions/],
];

/// What is wrong with the `with` of a step that uses the action.
export function action_use_faults(options) {
  const { inputs } = yaml.parse(read(`${folder}/action.yml`));
  return Object.keys(options).filter((name) => !(name in inputs)).map((name) => `the action has no input ${name}`);
}

export async function action_tests() {
  const text = read(`${folder}/action.yml`);
  await test(`${folder}/action.yml keeps to GitHub's schema, and its steps are scripts`, () => {
    assert.deepEqual(complaints(text), []);
  });
  await catches(text, mutations, complaints);
}
