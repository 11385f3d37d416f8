// docs/railway.md and README.md name commands of Railway's tool and keys of its file. Each has its source here; a
// command, an option or a key without a source fails the test.
import assert from "node:assert/strict";
import path from "node:path";
import fs from "node:fs";

import { catches, read, test, tools } from "./support.mjs";

/// Command: [where it is documented, its options that the page may use].
const commands = {
  login: ["https://docs.railway.com/cli/login", []],
  init: ["https://docs.railway.com/cli/init", []],
  link: ["https://docs.railway.com/cli/link", []],
  add: ["https://docs.railway.com/cli/add", ["--service", "--database", "--repo"]],
  "variable set": ["https://docs.railway.com/cli/variable", ["--stdin", "--skip-deploys", "--service"]],
  "variable list": ["https://docs.railway.com/cli/variable", ["--service"]],
  "config pull": ["https://docs.railway.com/cli/config", ["--json"]],
  "config plan": ["https://docs.railway.com/cli/config", ["--detailed-exit-code"]],
  "config apply": ["https://docs.railway.com/cli/config", []],
  // Its source: https://github.com/railwayapp/cli, src/commands/config/partials.rs.
  "config partials list": ["https://github.com/railwayapp/cli", []],
  // Named on the page as what not to use: https://github.com/railwayapp/cli/issues/1199.
  "config migrate": ["https://docs.railway.com/cli/config", []],
  "postgres pgbouncer add": ["https://docs.railway.com/cli/postgres", ["--service", "--pool-mode"]],
  "trace enable": ["https://docs.railway.com/cli/trace", ["--service"]],
  redeploy: ["https://docs.railway.com/cli/redeploy", ["--service"]],
  logs: ["https://docs.railway.com/cli/logs", ["--service"]],
  domain: ["https://docs.railway.com/cli/domain", ["--service"]],
  ssh: ["https://docs.railway.com/cli/ssh", ["--service"]],
};

/// The page's code: what stands in blocks and between backticks.
function code_of(page) {
  const blocks = [...page.matchAll(/^ *```\w*\n([^]*?)^ *```/gm)].map((match) => match[1]);
  const prose = page.replace(/^ *```\w*\n[^]*?^ *```/gm, "");
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1].replace(/\s+/g, " "));
  return [...blocks.flatMap((block) => block.split("\n")), ...spans];
}

/// The words of each call of `railway` in the code, up to a pipe, a redirection or a comment.
function calls_in(code) {
  return code.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s;&(])railway ([^|<>#;&)]+)/g)].map((match) => match[1].trim().split(/\s+/)),
  );
}

function command_complaints(page) {
  const found = [];
  for (const words of calls_in(code_of(page))) {
    const command = [3, 2, 1].map((count) => words.slice(0, count).join(" ")).find((name) => name in commands);
    if (command === undefined) {
      found.push(`railway ${words.join(" ")}: no source for this command`);
      continue;
    }
    for (const option of words.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0])) {
      if (!commands[command][1].includes(option)) found.push(`railway ${command}: no source for ${option}`);
    }
  }
  return found;
}

/// Keys and functions that the file may use are those that the package declares.
function key_complaints(page) {
  const dist = path.join(tools, "node_modules/railway/dist");
  const declared = fs.readdirSync(dist).filter((name) => name.endsWith(".d.ts"));
  const declarations = declared.map((name) => fs.readFileSync(path.join(dist, name), "utf8")).join("\n");
  const known = (name) => new RegExp(`\\b${name}\\??:|\\bfunction ${name}\\b`).test(declarations);
  const names = new Set();
  for (const code of code_of(page)) {
    for (const [, name] of code.matchAll(/^([a-z]+(?:[A-Z][a-z]+)+)(?:[ :(]|$)/g)) names.add(name);
    for (const [, name] of code.matchAll(/\b([a-z]+)\(/g)) names.add(name);
  }
  return [...names]
    .filter((name) => !known(name))
    .map((name) => `${name}: the package railway declares no such key or function`);
}

/// What must stand before the first `railway config apply`.
function order_complaints(page) {
  const found = [];
  const apply = page.indexOf("railway config apply");
  for (const [what, text] of [
    ["the warning of what an apply deletes", "can delete"],
    ["what to look for in a plan", "`Delete`"],
    ["the service", "railway add --service bigocean"],
    ["the secrets", "railway variable set ANTHROPIC_API_KEY --stdin --skip-deploys"],
    ["the plan", "railway config plan"],
  ]) {
    if (!(page.indexOf(text) >= 0 && page.indexOf(text) < apply)) found.push(`before the first apply: ${what}, \`${text}\``);
  }
  // Everything that the file preserves is set by then.
  const script = read(".railway/railway.ts");
  for (const [, name] of script.matchAll(/^ +([A-Z_]+): preserve\(\)/gm)) {
    const set = page.indexOf(name);
    if (!(set >= 0 && set < apply)) found.push(`before the first apply: ${name} is set`);
  }
  return found;
}

/// What answers prompts by itself or permits deleting is no part of a page that people copy from.
function danger_complaints(page) {
  const dangerous = /--confirm-destructive|--yes\b|-y\b|--force|--delete-files|railway (?:delete|down)|apply --json/g;
  return [...page.matchAll(dangerous)].map(([text]) => `${text}: can destroy a project`);
}

const complaints = (page) => [
  ...command_complaints(page),
  ...order_complaints(page),
  ...danger_complaints(page),
];
const page_complaints = (page) => [
  ...complaints(page),
  ...key_complaints(page),
  ...(page.indexOf("railway config pull --json") < page.indexOf("railway config apply") ? [] : ["no look at what there is"]),
];

const wrong_pages = [
  ["an unknown command", "`railway config plan` shows", "`railway config preview` shows", /railway config preview/],
  ["an unknown option", "--skip-deploys --service bigocean < key.txt", "--no-deploys --service bigocean < key.txt", /no source for --no-deploys/],
  ["an unknown key", "`drainingSeconds` is 0:", "`drainSeconds` is 0:", /drainSeconds/],
  ["an apply that asks nobody", "`railway config apply` makes it", "`railway config apply --yes` makes it", /--yes: can destroy/],
  ["secrets after the apply", "railway variable set ANTHROPIC_API_KEY --stdin", "railway variable set A_KEY --stdin", /before the first apply: the secrets/],
  ["an optional variable forgotten", "railway variable set SENTRY_DSN= BIGOCEAN_METRICS_TOKEN=", "railway variable set SENTRY_DSN=",
    /BIGOCEAN_METRICS_TOKEN is set/],
];

export async function page_tests() {
  const page = read("docs/railway.md");
  await test("docs/railway.md: every command and key has a source, and the order works from nothing", () => {
    assert.deepEqual(page_complaints(page), []);
  });
  await catches(page, wrong_pages, page_complaints);
  await test("README.md: the same of its part on Railway", () => {
    const part = read("README.md").match(/^## Deploying on Railway\n[^]*?(?=^## )/m)[0];
    assert.deepEqual(complaints(part), []);
  });
}
