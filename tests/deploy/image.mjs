// Runs the Dockerfile's first steps without an engine. The image gets only a part of the tree; a build that cannot be
// configured from that part would otherwise fail only at the deploy.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { changed, in_folder, project, read, test } from "./support.mjs";

/// The command of the first RUN that has `word`, its lines joined.
function command_with(word, dockerfile) {
  const commands = dockerfile.replaceAll("\\\n", " ").matchAll(/^RUN (.*)$/gm);
  const found = [...commands].map((match) => match[1]).find((command) => command.includes(word));
  assert.ok(found, `no RUN has ${word}`);
  return found;
}

/// Copies what the Dockerfile copies before it, and runs its configure step. What that says, and its exit code.
async function configure(cmake_lists) {
  return in_folder((folder) => {
    for (const name of ["CMakePresets.json", "cmake"]) {
      fs.cpSync(path.join(project, name), path.join(folder, name), { recursive: true });
    }
    fs.writeFileSync(path.join(folder, "CMakeLists.txt"), cmake_lists);
    const command = command_with("cmake --preset release", read("Dockerfile"));
    const run = spawnSync("bash", ["-euc", command], { cwd: folder, encoding: "utf8", timeout: 120_000 });
    return { status: run.status, said: run.stdout + run.stderr };
  });
}

export async function image_tests() {
  const cmake_lists = read("CMakeLists.txt");
  await test("the image's build is configured from the part of the tree that the image gets", async () => {
    const { status, said } = await configure(cmake_lists);
    assert.equal(status, 0, said);
  });
  await test("  caught: a target out of a folder that the image does not get", async () => {
    const without_guard = changed(cmake_lists, "if(BIGOCEAN_PRODUCT AND EXISTS ${PROJECT_SOURCE_DIR}/tests/bench)", "if(TRUE)");
    const { status, said } = await configure(without_guard);
    assert.notEqual(status, 0);
    assert.match(said, /tests\/bench/);
  });
}
