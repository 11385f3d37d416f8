// Shared by the tests of the pages: the browser, a page that reports what it must not do, conversations, test cases.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";

const load = createRequire(path.join(process.env.BROWSER_TOOLS, "package.json"));
const { chromium } = load("playwright-core");
export const axe_source = load("axe-core").source;

/// What tests/e2e/pages started: services by what they are for, and whom to ask for changes.
export const services = JSON.parse(process.env.PAGES_SERVICES ?? "{}");
export const control = (what, body = "") =>
  fetch(`${services.control}/${what}`, { method: "POST", body }).then(async (reply) => {
    const text = await reply.text();
    assert.equal(reply.status, 200, `${what}: ${text}`);
    return text;
  });
/// Runs SQL on the database of a service; returns the first value.
export const sql = (service, text) => control(`sql/${service}`, text);

/// Chromium looks for nothing outside of this machine.
export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/// A browser without a past. What its pages do wrong is in `faults`: errors, breaches of the policy, requests elsewhere.
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(20_000);
  const faults = [];
  const ours = new Set(Object.values(services));
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "blob:" && !ours.has(origin)) faults.push(`asked ${request.url()}`);
  });
  const page = await context.newPage();
  const listen = (one) => {
    one.on("pageerror", (error) => faults.push(`threw ${error.stack}`));
    one.on("console", (message) => {
      if (/Content Security Policy|Trusted ?Type/i.test(message.text())) faults.push(message.text());
    });
  };
  listen(page);
  return { context, page, faults };
}

export const state_of = (page) => page.evaluate(() => document.documentElement.dataset.state);
export const reach = (page, state) =>
  page.waitForFunction((wanted) => document.documentElement.dataset.state === wanted, state)
    .catch(async () => assert.fail(`the page is ${await state_of(page)} and not ${state}: ${await page.innerText("body")}`));

/// Opens the first page and begins a conversation.
export async function begin(page, base, name = "Ada") {
  await page.goto(base);
  await reach(page, "welcome");
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Begin" }).click();
  await reach(page, "talking");
}

export const write = async (page, text) => {
  await page.getByLabel("Your message").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
};

/// Types a token into the operators' page; without one, the right one.
export async function show_status(page, base, token = process.env.PAGES_METRICS_TOKEN) {
  if (page.url() !== `${base}/status`) await page.goto(`${base}/status`);
  await page.getByLabel("Token of the metrics").fill(token);
  await page.getByRole("button", { name: "Show the status" }).click();
}

/// Sends a message and waits for its answer.
export async function say(page, text) {
  const before = await page.locator(".bubble.assistant").count();
  await write(page, text);
  await page.waitForFunction((count) => document.querySelectorAll("li.bubble.assistant").length > count, before);
}

const answers = ["Yes, mostly.", "4", "That is very much me, 5.", "sometimes", "I agree.", "rarely", "2, not really"];

/// Talks to the end. Returns what was said.
export async function talk_to_the_end(page) {
  const said = [];
  while (!(await page.getByRole("heading", { name: "The conversation is complete." }).isVisible())) {
    assert.ok(said.length < 60, "the conversation does not end");
    const answer = answers[said.length % answers.length];
    said.push(answer);
    await say(page, answer);
  }
  return said;
}

/// Violations of the rules of axe-core, in words.
export async function violations(page) {
  // By the debugger, as the policy lets no code in.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(`${axe_source};0`);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) =>
    `${one.id}: ${one.help}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
}

const counts = { passed: 0, failed: 0 };

/// Runs one test case; a thrown error is its failure.
export async function test(name, body) {
  const begun = Date.now();
  try {
    await body();
    counts.passed += 1;
    console.log(`ok      ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
  }
}

export function finish() {
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed > 0 ? 1 : 0);
}
