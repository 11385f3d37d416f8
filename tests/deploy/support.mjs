// Shared by the tests of the deploy files: a count of test cases, the project's files, the tools that npm installed.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export const project = path.resolve(import.meta.dirname, "../..");
/// The folder whose node_modules holds what package.json lists.
export const tools = process.env.DEPLOY_TOOLS;
export const load = createRequire(path.join(tools, "package.json"));

export const read = (name) => fs.readFileSync(path.join(project, name), "utf8");

const counts = { passed: 0, failed: 0 };

/// Runs one test case; a thrown error is its failure.
export async function test(name, body) {
  try {
    await body();
    counts.passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
  }
}

/// Prints the counts in the form of our other tests, which scripts/test adds up, and ends the process.
export function finish() {
  const { passed, failed } = counts;
  console.log(`[doctest] test cases: ${passed + failed} | ${passed} passed | ${failed} failed | 0 skipped`);
  process.exit(failed > 0 ? 1 : 0);
}

/// `text` with the one place that holds `from` changed; fails when there is none or a second one.
export function changed(text, from, to) {
  const pieces = text.split(from);
  assert.equal(pieces.length, 2, `this must stand in the file once: ${from}`);
  return pieces.join(to);
}

/// Every mutation, [what it is, from, to, a part of the complaint], must bring a complaint of `judge` that has
/// that part: a file that is wrong for another reason proves nothing.
export async function catches(text, mutations, judge) {
  for (const [what, from, to, complaint] of mutations) {
    await test(`  caught: ${what}`, async () => {
      const found = await judge(changed(text, from, to));
      assert.match(found.join("\n"), complaint, "the complaints");
    });
  }
}

/// Calls `body` with a new folder, from which the installed packages can be imported, and removes it.
export async function in_folder(body) {
  const folder = fs.mkdtempSync(path.join(tools, "case-"));
  try {
    return await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
