// deploy/systemd is verified by systemd-analyze in a root of its own (no systemd runs), its exposure is bounded, and its exit
// codes, commands, variables and limits are ours.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { command_faults, exit_codes, longest_run, seconds, settings, variable_faults } from "./facts.mjs";
import { catches, in_folder, project, read, test } from "./support.mjs";

const folder = "deploy/systemd";
const names = fs.readdirSync(path.join(project, folder)).sort();
const units = names.filter((name) => /\.(service|timer)$/.test(name));
/// As systemd-analyze rates a unit: 0 is closed, 100 is open. The rest is the network and the files that migrate needs.
const exposure_max = 15;

/// Runs systemd-analyze on a folder that looks like the root of a machine with our units and systemd's own targets.
function analyze(unit, text) {
  return in_folder((root) => {
    const place = path.join(root, "etc/systemd/system");
    fs.mkdirSync(place, { recursive: true });
    for (const name of units) fs.writeFileSync(path.join(place, name), name === unit ? text : read(`${folder}/${name}`));
    fs.cpSync("/lib/systemd/system", path.join(root, "lib/systemd/system"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => file.endsWith("/system") || file.endsWith(".target"),
    });
    fs.mkdirSync(path.join(root, "usr/bin"), { recursive: true });
    fs.writeFileSync(path.join(root, "usr/bin/bigocean"), "", { mode: 0o755 });
    const run = (...words) => {
      const done = spawnSync("systemd-analyze", [`--root=${root}`, "--no-pager", ...words, unit], { encoding: "utf8", timeout: 30_000 });
      assert.equal(done.error, undefined, "systemd-analyze: install the package systemd");
      return done;
    };
    const found = [];
    const verified = run("verify", "--man=no");
    if (verified.status !== 0 || verified.stderr !== "") found.push(`verify: ${verified.stderr}`);
    if (unit.endsWith(".service") && found.length === 0) {
      const rated = run("security", "--offline=yes", `--threshold=${exposure_max}`);
      if (rated.status !== 0) found.push(`security: ${rated.stdout.match(/→.*/) ?? rated.stderr}`);
    }
    return found;
  });
}

/// The values of each key of a unit, in order.
function keys_of(text) {
  const found = {};
  for (const [, key, value] of text.matchAll(/^([A-Za-z]+)=(.*)$/gm)) (found[key] ??= []).push(value);
  return found;
}

const words_of = (values) => (values ?? []).flatMap((value) => value.split(/\s+/)).filter(Boolean);

function exit_faults(codes_not_retried) {
  const { codes, retried } = exit_codes("migrate", "up");
  // Those of migrate, and of what else may happen: 1, 3 and 10 stand in other helps.
  const ours = [...new Set([1, 3, 10, ...codes.map(([code]) => code)])].filter((code) => code !== 0 && !retried.includes(code));
  const named = words_of(codes_not_retried).filter((word) => /^\d+$/.test(word)).map(Number);
  const sorted = (list) => String([...list].sort((one, other) => one - other));
  return sorted(named) === sorted(ours) ? [] : [`not retried: ${sorted(named)}, bigocean says ${sorted(ours)}`];
}

function service_faults(name, text) {
  const keys = keys_of(text);
  const environment = Object.fromEntries(words_of(keys.Environment).map((one) => one.split(/=(.*)/)));
  const command = words_of(keys.ExecStart);
  const found = [...command_faults(name, command), ...variable_faults(name, Object.keys(environment))];
  if (String(keys.EnvironmentFile) !== "/etc/bigocean/bigocean.env") found.push(`EnvironmentFile=${keys.EnvironmentFile}`);
  if (keys.Type?.[0] === "oneshot" && keys.TimeoutStartSec === undefined) found.push("no limit of time");
  if (command[1] === "migrate") {
    const limit = seconds(keys.TimeoutStartSec?.[0] ?? "0");
    const longest = longest_run(environment);
    if (!(limit > longest)) found.push(`TimeoutStartSec is ${limit} s, migrate may take ${longest}`);
    found.push(...exit_faults(keys.RestartPreventExitStatus));
    if (String(keys.Restart) !== "on-failure") found.push(`Restart=${keys.Restart}`);
  }
  if (command[1] === "serve") {
    const drain = seconds(settings().BIGOCEAN_SERVER_DRAIN_TIMEOUT.value);
    if (!(seconds(keys.TimeoutStopSec?.[0] ?? "0") >= drain + 2)) found.push(`TimeoutStopSec=${keys.TimeoutStopSec}, a drain takes ${drain}`);
  }
  return found;
}

const complaints = (unit) => async (text) => [
  ...(await analyze(unit, text)),
  ...(unit.endsWith(".service") ? service_faults(unit, text) : []),
];

const wrong_migrates = [
  ["an unknown key", "ProtectHome=yes", "ProtectHomes=yes", /ProtectHomes/],
  ["what a oneshot unit may not say", "Restart=on-failure", "Restart=always", /isn't allowed for Type=oneshot/],
  ["a program that is elsewhere", "ExecStart=/usr/bin/bigocean", "ExecStart=/usr/local/bin/bigocean", /not executable/],
  ["a retry of what blocked others", " 10 11 130", " 10 130", /not retried: 1,2,3,5,6,8,10,130,143, bigocean says 1,2,3,5,6,8,10,11/],
  ["no retry while another migrates", "ExitStatus=1 2 3 5", "ExitStatus=1 2 3 4 5", /not retried: 1,2,3,4,5/],
  ["a limit inside migrate's", "TimeoutStartSec=2h", "TimeoutStartSec=1h", /TimeoutStartSec is 3600 s, migrate may take 5760/],
  ["a variable that does not exist", "BIGOCEAN_MIGRATE_WAIT=1m", "BIGOCEAN_MIGRATE_WAITS=1m", /no setting BIGOCEAN_MIGRATE_WAITS/],
  ["a command that does not exist", "bigocean migrate\n", "bigocean migrate --now\n", /unknown option/],
  ["an open unit", "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n", "", /security: → Overall exposure level/],
];

export async function systemd_tests() {
  await test(`${folder}: migrate, serve, work at a time of day, and their variables`, () => {
    assert.deepEqual(names, ["bigocean-check.service", "bigocean-check.timer", "bigocean-migrate.service", "bigocean.env", "bigocean.service"]);
  });
  for (const unit of units) {
    await test(`${folder}/${unit} is right, closed, and ours`, async () => {
      assert.deepEqual(await complaints(unit)(read(`${folder}/${unit}`)), []);
    });
  }
  await test(`${folder}/bigocean.env names settings only`, () => {
    const named = [...read(`${folder}/bigocean.env`).matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    assert.ok(named.includes("DATABASE_URL"));
    assert.deepEqual(variable_faults("bigocean.env", named), []);
  });
  await catches(read(`${folder}/bigocean-migrate.service`), wrong_migrates, complaints("bigocean-migrate.service"));
  await catches(read(`${folder}/bigocean.service`), [
    ["a kill inside the drain", "TimeoutStopSec=15s", "TimeoutStopSec=5s", /a drain takes 8/],
  ], complaints("bigocean.service"));
  await catches(read(`${folder}/bigocean-check.timer`), [
    ["a time that is none", "OnCalendar=*-*-* 03:30:00", "OnCalendar=*-*-* 25:30:00", /OnCalendar|calendar/],
  ], complaints("bigocean-check.timer"));
}
