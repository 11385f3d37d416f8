// What the files for platforms are compared with: the exit codes and the command line of the binary, the README's table of
// settings, and how long a run of migrate may take by its limits.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

import { read, tools } from "./support.mjs";

const binary = process.env.BIGOCEAN_BINARY;
assert.ok(existsSync(binary ?? ""), `BIGOCEAN_BINARY=${binary} is no program`);

/// Runs bigocean with an environment of its own, in a folder without settings. No command may take long.
export function bigocean(words, environment = {}) {
  const run = spawnSync(binary, words, { cwd: tools, encoding: "utf8", env: environment, timeout: 20_000 });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/// The exit codes of a command, as its help has them: { codes: [[4, "another ..."], ...], retried: [4, 7, 9] }.
export function exit_codes(...command) {
  const { out } = bigocean([...command, "--help"]);
  const [, list, retried] = out.match(/\nExit codes:\n((?: +\d+ .*\n)+)(?:A platform should retry only: ([\d, ]+)\n)?/);
  const codes = [...list.matchAll(/^ +(\d+) +(.*)$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  return { codes, retried: (retried ?? "").split(",").filter(Boolean).map(Number) };
}

/// The settings by the name of their variable: { DATABASE_URL: { key, value } }; the value is the default.
export function settings() {
  const rows = read("README.md").matchAll(/^\| `([a-z_.]+)` \| `([A-Z_]+)` \| (?:`([^`]*)`|–) \|/gm);
  const found = Object.fromEntries([...rows].map(([, key, name, value]) => [name, { key, value }]));
  assert.ok(Object.keys(found).length > 60, "the README's table of settings");
  // The one with two names.
  const environment = { key: "environment", value: "development" };
  return { ...found, BIGOCEAN_ENV: environment, NODE_ENV: environment };
}

const units = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86400 };
/// Seconds of a duration as bigocean, Fly and systemd write it; 0 is 0.
export function seconds(text) {
  if (/^\d+$/.test(text)) return Number(text);
  const match = /^(\d+)(ms|s|m|min|h|d)$/.exec(text);
  assert.ok(match, `${text} is no duration`);
  return Number(match[1]) * units[match[2]];
}

/// How long `migrate` may wait, and then run one statement, by its settings: what a platform's limit must exceed.
export function longest_run(environment) {
  const all = settings();
  const of = (name) => seconds(environment[`BIGOCEAN_MIGRATE_${name}`] ?? all[`BIGOCEAN_MIGRATE_${name}`].value);
  return of("WAIT") + of("DEADLINE") + Math.max(of("STATEMENT_TIMEOUT"), of("CONCURRENTLY_TIMEOUT"));
}

/// What is wrong with variables for bigocean: each must be a setting.
export function variable_faults(where, names) {
  const all = settings();
  return names.filter((name) => !(name in all)).map((name) => `${where}: there is no setting ${name}`);
}

/// What is wrong with a command line of bigocean. It is really run, without servers to talk to: if its words are right, what
/// it misses is a setting or a server.
export function command_faults(where, words) {
  const [name, ...rest] = words;
  if (name.split("/").at(-1) !== "bigocean") return [`${where}: ${words.join(" ")} does not run bigocean`];
  const environment = { BIGOCEAN_ENV: "production" };
  const { status, err } = bigocean(rest, environment);
  const fine =
    status === 0 ||
    // Migrate takes it for its own error, the others for one of settings.
    (status === 2 && /^error: DATABASE_URL is not set/.test(err)) ||
    (status === 2 && /^ {2}(?:DATABASE_URL|REDIS_URL) \(not set\): is missing/m.test(err) && !/\(flag\)/.test(err)) ||
    (rest[0] === "healthcheck" && /cannot connect/.test(bigocean(rest).out + bigocean(rest).err));
  return fine ? [] : [`${where}: bigocean ${rest.join(" ")}: ${err}`];
}
