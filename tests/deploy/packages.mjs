// The scripts around the packages, without building any: versions, checksums, and what npm links as `bigocean`. What the
// packages do once they are installed is tried by `make packages-check`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { in_folder, project, read, test } from "./support.mjs";

function run(command, words, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: "utf8", timeout: 60_000, ...options });
  return { status, stdout, stderr };
}

const git = (folder, ...words) => {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"];
  const done = run("git", ["-C", folder, ...identity, ...words]);
  assert.equal(done.status, 0, done.stderr);
};

/// A tree with what scripts/package/version reads, and one commit.
function small_tree(folder) {
  for (const name of ["scripts/lib.sh", "scripts/package/version"]) {
    fs.cpSync(path.join(project, name), path.join(folder, name));
  }
  fs.writeFileSync(path.join(folder, "CMakeLists.txt"), "project(bigocean VERSION 1.2.3 LANGUAGES CXX)\n");
  git(folder, "init", "--quiet");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", "a");
}

const version_of = (folder) => {
  const env = { ...process.env, BIGOCEAN_PACKAGE_VERSION: "" };
  const done = run(path.join(folder, "scripts/package/version"), [], { env });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
};

/// What scripts/package/deb makes of a version.
const debian = (version) => `${version.replace("-", "~")}+deb12`;

async function version_tests() {
  await test("a commit with the version's tag has that version, and one without comes before it", () =>
    in_folder((folder) => {
      small_tree(folder);
      const before = version_of(folder);
      assert.match(before, /^1\.2\.3-1\.g[0-9a-f]{12}$/);
      assert.equal(run("dpkg", ["--compare-versions", debian(before), "lt", debian("1.2.3")]).status, 0);
      git(folder, "tag", "v1.2.3");
      assert.equal(version_of(folder), "1.2.3");
      fs.appendFileSync(path.join(folder, "CMakeLists.txt"), "\n");
      assert.match(version_of(folder), /^1\.2\.3-1\.g[0-9a-f]{12}\.changed$/);
    }));
  await test("another version's tag is none of this version", () =>
    in_folder((folder) => {
      small_tree(folder);
      git(folder, "tag", "v1.2.2");
      assert.match(version_of(folder), /^1\.2\.3-1\.g/);
    }));
}

async function sums_tests() {
  const script = path.join(project, "scripts/package/sums");
  const changes = [
    ["a file with other bytes", (folder) => fs.writeFileSync(path.join(folder, "a.deb"), "b"), /not those of SHA256SUMS/],
    ["a file that is gone", (folder) => fs.rmSync(path.join(folder, "a.deb")), /not those of SHA256SUMS/],
    ["a file without a sum", (folder) => fs.writeFileSync(path.join(folder, "b.deb"), "b"), /not of the files/],
  ];
  for (const [what, change, complaint] of changes) {
    await test(`SHA256SUMS is made and checked; caught: ${what}`, () =>
      in_folder((folder) => {
        fs.writeFileSync(path.join(folder, "a.deb"), "a");
        assert.equal(run(script, [folder]).status, 0);
        assert.equal(run(script, ["--check", folder]).status, 0);
        change(folder);
        const { status, stderr } = run(script, ["--check", folder]);
        assert.equal(status, 1);
        assert.match(stderr, complaint);
      }));
  }
}

/// A node_modules as npm makes it, with the script that npm links and, for each name, a program that tells how it was called.
function installed(folder, platforms) {
  const modules = path.join(folder, "node_modules");
  fs.mkdirSync(path.join(modules, ".bin"), { recursive: true });
  fs.cpSync(path.join(project, "scripts/package/npm-files/bigocean"), path.join(modules, "bigocean/bin/bigocean"));
  fs.symlinkSync("../bigocean/bin/bigocean", path.join(modules, ".bin/bigocean"));
  for (const platform of platforms) {
    const program = path.join(modules, platform, "bin/bigocean");
    fs.mkdirSync(path.dirname(program), { recursive: true });
    fs.writeFileSync(program, '#!/bin/sh\necho "$#:$1:$2"\nexit 9\n', { mode: 0o755 });
  }
  return path.join(modules, ".bin/bigocean");
}

async function link_tests() {
  await test("what npm links becomes the platform's program: its words, its exit code", () =>
    in_folder((folder) => {
      const { status, stdout } = run(installed(folder, ["bigocean-linux-x64"]), ["migrate", "two words"]);
      assert.equal(status, 9);
      assert.equal(stdout, "2:migrate:two words\n");
    }));
  await test("without the platform's package it says which one, and what to do", () =>
    in_folder((folder) => {
      const { status, stderr } = run(installed(folder, []), ["migrate"]);
      assert.equal(status, 1);
      assert.match(stderr, /the package bigocean-linux-(x64|arm64) is not installed.*\n {2}-> .*--omit=optional/);
    }));
}

export async function package_tests() {
  await version_tests();
  await sums_tests();
  await link_tests();
  await test("every package that has a place for a licence says that none has been chosen", () => {
    assert.match(read("scripts/package/npm"), /"license": "UNLICENSED"/);
    assert.match(read("scripts/package/Dockerfile"), /licenses="LicenseRef-none-chosen"/);
    for (const name of ["copyright", "cpack.cmake", "tarball.md", "npm-files/README.md"]) {
      assert.match(read(`scripts/package/${name}`), /No licence has been chosen yet\. The owner has not decided\./, name);
    }
  });
}
