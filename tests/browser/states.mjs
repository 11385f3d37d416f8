// Every state that a page can be in: reached, judged by the rules of axe-core in both themes, and photographed in three
// widths. The pictures go to the folder PAGES_PICTURES.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { begin, control, finish, launch, reach, say, services, show_status, sql, state_of, talk_to_the_end, test, violations, visitor, write } from "./support.mjs";

const pictures = process.env.PAGES_PICTURES;
fs.mkdirSync(pictures, { recursive: true });
const browser = await launch();
const { scripted, model, tight } = services;
const sizes = [[360, 740], [768, 1024], [1280, 800]];
const reached = new Set();

async function judge(page, name) {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${name} is wider than ${width}`);
      if (width !== 768) assert.deepEqual(await violations(page), [], `${name}, ${theme}, ${width}`);
      // A profile is shown whole from its head, a conversation as its end stands on the screen.
      const whole = !(await page.locator(".talk").count());
      await page.evaluate((top) => scrollTo(0, top ? 0 : document.documentElement.scrollHeight), whole);
      await page.screenshot({ path: path.join(pictures, `${name}-${theme}-${width}.png`), fullPage: whole });
      if (whole) await page.screenshot({ path: path.join(pictures, `${name}-${theme}-${width}-top.png`) });
    }
  }
}

/// One state: `come` leads there.
async function state(name, come, options = {}) {
  await test(`the state ${name}`, async () => {
    const { context, page, faults } = await visitor(browser, options);
    try {
      await come(page, context);
      await reach(page, name);
      await judge(page, name);
      assert.equal(await state_of(page), name);
      reached.add(name);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  });
}

const in_past = (service) => sql(service, "UPDATE sessions SET created_at = now() - interval '9 days', expires_at = now() - interval '1 hour'");

await state("welcome", (page) => page.goto(scripted));
await state("talking", async (page) => {
  await begin(page, scripted);
  for (const text of ["I make lists of my lists, and then I lose them.", "Mostly at the sea, with a book.", "I would rather listen first.", "4"]) await say(page, text);
});
await control("mood/silent");
await state("typing", async (page) => {
  await begin(page, model);
  await write(page, "What do you want to know?");
});
await control("mood/endless");
await state("streaming", async (page) => {
  await begin(page, model);
  await write(page, "I like to walk at night, when the town is quiet.");
});
await control("mood/refusing");
await state("refused", async (page) => {
  await begin(page, model);
  await write(page, "Something that is not answered.");
});
await control("mood/good");
await state("budget_spent", async (page) => {
  await begin(page, model);
  await sql("model", "INSERT INTO service_budgets VALUES ((now() AT TIME ZONE 'UTC')::date, 900000000000) ON CONFLICT (day) DO UPDATE SET spent = 900000000000");
  await write(page, "One more thing.");
});
await state("reconnecting", async (page, context) => {
  await begin(page, scripted);
  await context.setOffline(true);
  await write(page, "Is anybody there?");
});
await state("profile_pending", async (page) => {
  await begin(page, tight);
  for (const text of ["Yes.", "No.", "Sometimes."]) await say(page, text);
  await page.getByRole("link", { name: "Your profile" }).click();
});
await state("slow_down", async (page) => {
  await begin(page, tight);
  for (const text of ["Yes.", "No.", "Sometimes.", "Never."]) await say(page, text);
  await write(page, "And one more at once.");
});
await state("expired", async (page) => {
  await begin(page, tight);
  await say(page, "I will come back later.");
  await in_past("tight");
  await page.reload();
});
await state("completed", async (page) => {
  await begin(page, scripted);
  await talk_to_the_end(page);
});
await state("profile", async (page) => {
  await begin(page, scripted);
  await talk_to_the_end(page);
  await page.goto(`${scripted}/profile`);
  await page.waitForFunction(() => document.querySelectorAll(".facets li:not(.unknown)").length >= 26);
  for (const one of (await page.locator(".quotes summary").all()).slice(0, 3)) await one.click();
});
await state("shared_profile", async (page) => {
  await begin(page, scripted, "Ada");
  await talk_to_the_end(page);
  await page.goto(`${scripted}/profile`);
  await page.waitForFunction(() => document.querySelectorAll(".facets li:not(.unknown)").length >= 26);
  await page.getByRole("button", { name: "Share the profile" }).click();
  await page.goto(await page.getByRole("textbox", { name: "Share the profile" }).inputValue());
});
await state("gone", (page) => page.goto(`${scripted}/profile/${"a".repeat(43)}`));

await test("the dialogs and the menu", async () => {
  const { context, page, faults } = await visitor(browser);
  await begin(page, scripted);
  await page.locator(".menu summary").click();
  await judge(page, "menu");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await judge(page, "dialog");
  assert.deepEqual(faults, []);
  await context.close();
});

await test("the operators' page: asked for the token, refused, and with everything on it", async () => {
  const { context, page, faults } = await visitor(browser);
  await page.goto(`${model}/status`);
  await reach(page, "token");
  await judge(page, "status_token");
  await show_status(page, model, "wrong");
  await reach(page, "refused");
  await judge(page, "status_refused");
  await show_status(page, model);
  await reach(page, "status");
  await page.getByRole("button", { name: "Run the checks" }).click();
  await page.getByText("Again in").waitFor();
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await judge(page, "status");
  await page.goto(`${tight}/status`);
  await reach(page, "unset");
  await judge(page, "status_unset");
  assert.deepEqual(faults, []);
  await context.close();
});

await test("the reports of the commands", async () => {
  const { context, page } = await visitor(browser);
  for (const name of ["report_plan", "report_status", "report_check"]) {
    await page.goto(`file://${path.resolve(pictures)}/${name}.html`);
    await judge(page, name);
  }
  await context.close();
});

await test("every state of the page is among them", () => {
  const source = fs.readFileSync(path.resolve(import.meta.dirname, "../../server/product/web/src/page.ts"), "utf8");
  const states = [...source.slice(source.indexOf("export type State")).split(";")[0].matchAll(/"(\w+)"/g)].map((one) => one[1]);
  assert.equal(states.length, 14);
  assert.deepEqual([...reached].sort(), states.sort());
});

await browser.close();
finish();
