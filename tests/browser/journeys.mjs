// What people do with the pages, in a browser: a whole conversation, and everything that can come between.
import assert from "node:assert/strict";
import fs from "node:fs";

import { begin, control, finish, launch, reach, say, services, show_status, sql, talk_to_the_end, test, visitor, write } from "./support.mjs";

const browser = await launch();
const { scripted, model, away } = services;

/// A visitor for one test; what its pages did wrong is the test's failure.
async function visit(options, body) {
  const one = await visitor(browser, options);
  try {
    await body(one);
    assert.deepEqual(one.faults, []);
  } finally {
    await one.context.close();
  }
}

const menu = async (page, item) => {
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: item, exact: true }).click();
};
const bubbles = (page) => page.locator("li.bubble p").allInnerTexts();
const session_of = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("bigocean.conversations"))[0]);
const call = (base, procedure, key, body = {}) => fetch(`${base}/rpc/${procedure}`, {
  method: "POST",
  headers: { "Content-Type": "application/json", Authorization: `Bearer ${key.token}` },
  body: JSON.stringify({ sessionId: key.id, ...body }),
});

await test("a whole conversation, its profile with evidence, sharing, withdrawing, downloading and deleting", () =>
  visit({}, async ({ context, page }) => {
    await begin(page, scripted, "Ada");
    const said = await talk_to_the_end(page);
    assert.equal(said.length, 30);
    await reach(page, "completed");
    const progress = page.getByRole("progressbar");
    assert.equal(await progress.getAttribute("value"), "30");

    await page.getByRole("main").getByRole("link", { name: "Your profile" }).or(page.locator(".end a")).first().click();
    await reach(page, "profile");
    await page.getByText("being drawn").waitFor({ state: "detached" }).catch(() => undefined);
    await page.waitForFunction(() => document.querySelectorAll(".facets li:not(.unknown)").length >= 26);
    assert.equal(await page.locator(".facets tbody tr").count(), 30);
    assert.equal(await page.locator(".traits tbody tr").count(), 5);
    assert.equal(await page.locator(".flower path").count(), 30);
    const quotes = page.locator(".quotes").first();
    await quotes.locator("summary").click();
    const quote = await quotes.locator("blockquote").first().innerText();
    assert.ok(said.some((one) => one.includes(quote)), `${quote} was never said`);

    await page.getByRole("button", { name: "Share the profile" }).click();
    const link = await page.getByRole("textbox", { name: "Share the profile" }).inputValue();
    assert.match(link, new RegExp(`^${scripted}/profile/[\\w-]{43}$`));
    await visit({ locale: "de-DE" }, async ({ page: other }) => {
      const reply = await other.goto(link);
      assert.equal(reply.status(), 200);
      await reach(other, "shared_profile");
      await other.getByText("Das Profil von Ada").waitFor();
      assert.equal(await other.locator("blockquote").count(), 0);
      const picture = await other.request.get(`${scripted}/cards/${(await other.locator(".portrait").getAttribute("aria-label")).slice(-4)}.png`);
      assert.equal(picture.headers()["content-type"], "image/png");
    });
    await page.getByRole("button", { name: "Withdraw the page" }).click();
    await page.getByText("The page is withdrawn.").waitFor();
    await visit({}, async ({ page: other }) => {
      assert.equal((await other.goto(link)).status(), 404);
      await reach(other, "gone");
    });

    await page.getByRole("link", { name: "Conversation", exact: true }).click();
    await reach(page, "completed");
    const [download] = await Promise.all([page.waitForEvent("download"), menu(page, "Download everything")]);
    const data = JSON.parse(fs.readFileSync(await download.path(), "utf8"));
    assert.equal(data.messages.length, 61);
    const key = await session_of(page);
    await menu(page, "Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await reach(page, "gone");
    assert.equal((await call(scripted, "ResumeSession", key)).status, 404);
    assert.equal(await page.evaluate(() => localStorage.getItem("bigocean.conversations")), "[]");
    await page.reload();
    await reach(page, "welcome");
    assert.equal((await context.cookies()).length, 0);
  }));

await test("a conversation goes on after a reload, and on another device by a link that leaves no trace", () =>
  visit({}, async ({ page }) => {
    await begin(page, scripted);
    await say(page, "I make lists of my lists.");
    await page.reload();
    await reach(page, "talking");
    await page.getByText("I make lists of my lists.").waitFor();
    const before = await bubbles(page);
    assert.equal(before.length, 3);
    await menu(page, "Go on on another device");
    const link = await page.getByRole("dialog").getByRole("textbox").inputValue();
    await page.getByRole("button", { name: "Close" }).click();
    await visit({}, async ({ page: phone }) => {
      const asked = [];
      phone.on("request", (request) => asked.push(request.url()));
      await phone.goto(link);
      await reach(phone, "talking");
      await phone.getByText(before[2]).waitFor();
      assert.deepEqual(await bubbles(phone), before);
      assert.equal(phone.url(), `${scripted}/`);
      const { token } = await session_of(phone);
      assert.ok(!asked.some((url) => url.slice(scripted.length).includes(token)), "the token was in an address");
      await say(phone, "And on the phone.");
    });
    // The first device looks when it is looked at again.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.getByText("And on the phone.").waitFor();
    assert.equal((await bubbles(page)).length, 5);
  }));

await test("the service is killed and comes back: a message sent meanwhile is answered, once", () =>
  visit({}, async ({ page }) => {
    await begin(page, away);
    await say(page, "First words.");
    await control("kill/away");
    await write(page, "Words into nothing.");
    await reach(page, "reconnecting");
    await page.getByText("The connection is lost.").waitFor();
    await control("start/away");
    await reach(page, "talking");
    const texts = await bubbles(page);
    assert.equal(texts.length, 5);
    assert.equal(texts.filter((one) => one === "Words into nothing.").length, 1);
    const key = await session_of(page);
    assert.equal((await (await call(away, "ResumeSession", key)).json()).messages.length, 5);
  }));

await test("the service restarts in the middle of an answer: the message is kept, and answered once", () =>
  visit({}, async ({ page }) => {
    await control("mood/slow");
    await begin(page, model);
    await write(page, "A long question.");
    await reach(page, "streaming");
    await control("restart/model");
    await control("mood/good");
    const again = page.getByRole("button", { name: "Send again" });
    await page.waitForFunction(() => document.documentElement.dataset.state === "talking");
    if (await again.isVisible()) await again.click();
    await page.waitForFunction(() => document.querySelectorAll("li.bubble.assistant").length === 2);
    const key = await session_of(page);
    const { messages } = await (await call(model, "ResumeSession", key)).json();
    assert.equal(messages.filter((one) => one.content === "A long question.").length, 1);
    assert.equal(messages.length, 3);
  }));

await test("a reload in the middle of an answer goes on with it", () =>
  visit({}, async ({ page }) => {
    await control("mood/slow");
    await begin(page, model);
    await write(page, "Something to think about.");
    await reach(page, "streaming");
    await page.reload();
    await reach(page, "streaming");
    await control("mood/good");
    await reach(page, "talking");
    const texts = await bubbles(page);
    assert.equal(texts.length, 3);
    assert.equal(texts[1], "Something to think about.");
  }));

await test("an answer can be stopped; the message stays, and can be changed", () =>
  visit({}, async ({ page }) => {
    await control("mood/slow");
    await begin(page, model);
    await write(page, "Never mind.");
    await reach(page, "streaming");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("This message has no answer yet.").waitFor();
    await control("mood/good");
    await page.getByRole("button", { name: "Change it" }).click();
    assert.equal(await page.getByLabel("Your message").inputValue(), "Never mind.");
    await say(page, "Something else.");
    const texts = await bubbles(page);
    assert.deepEqual([texts[1], texts[2]], ["Never mind.", "Something else."]);
    await page.reload();
    await page.getByText("Something else.").waitFor();
    assert.deepEqual(await bubbles(page), texts);
  }));

await test("offline at the beginning: it begins when the network is back", () =>
  visit({}, async ({ context, page }) => {
    await page.goto(scripted);
    await reach(page, "welcome");
    await context.setOffline(true);
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByText("The connection is lost.").waitFor();
    await context.setOffline(false);
    await reach(page, "talking");
  }));

await test("offline: a message waits, and is sent once when the network is back", () =>
  visit({}, async ({ context, page }) => {
    await begin(page, scripted);
    await context.setOffline(true);
    await write(page, "In a tunnel.");
    await reach(page, "reconnecting");
    await context.setOffline(false);
    await reach(page, "talking");
    const key = await session_of(page);
    const { messages } = await (await call(scripted, "ResumeSession", key)).json();
    assert.deepEqual(messages.map((one) => one.role), ["assistant", "user", "assistant"]);
  }));

await test("what is hostile stays text: messages, quotes, names", () =>
  visit({}, async ({ page }) => {
    const evil = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{name}} </title> javascript:alert(1)`;
    await begin(page, scripted, `<b onclick="window.hacked=1">Eve</b>`);
    for (const text of [evil, evil, evil]) await say(page, text);
    assert.equal((await bubbles(page))[1], evil);
    for (let i = 0; i < 3; ++i) await say(page, `Yes, mostly.\n${evil}`);
    await page.goto(`${scripted}/profile`);
    await reach(page, "profile");
    for (const one of await page.locator(".quotes summary").all()) await one.click();
    await page.getByRole("button", { name: "Share the profile" }).click();
    const link = await page.getByRole("textbox", { name: "Share the profile" }).inputValue();
    await page.goto(link);
    await reach(page, "shared_profile");
    await page.getByText(`<b onclick="window.hacked=1">Eve</b>’s profile`).waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main b, main img, main script").count(), 0);
    // A link whose key is none changes nothing.
    await page.goto(`${scripted}/#<img src=x onerror=alert(1)>`);
    await reach(page, "talking");
  }));

await test("the operators' page: the token is typed in and stays out of addresses, figures are live, checks run once a minute", () =>
  visit({}, async ({ context, page }) => {
    const token = process.env.PAGES_METRICS_TOKEN;
    const asked = [];
    const open = new Set();
    context.on("request", (request) => {
      asked.push(request);
      open.add(request);
    });
    for (const end of ["requestfinished", "requestfailed"]) context.on(end, (request) => open.delete(request));
    await page.clock.install();
    await page.goto(`${away}/status`);
    await reach(page, "token");
    assert.ok(!asked.some((one) => one.url().includes("/assets/index")), "the page loads what only conversations need");
    await show_status(page, away, "a-wrong-one");
    await page.getByText("This is not the token.").waitFor();
    await reach(page, "refused");
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    await show_status(page, away);
    await reach(page, "status");
    await page.getByRole("heading", { name: "Ready" }).waitFor();

    // Live: what happens is seen without a reload.
    const figure = (name) => page.locator(".figures div", { has: page.locator("dt", { hasText: name }) }).locator("dd").innerText();
    const requests = async () => Number((await figure("since the start")).replaceAll(",", ""));
    const before = await requests();
    await Promise.all(Array.from({ length: 40 }, () => fetch(`${away}/openapi.json`)));
    await page.getByRole("row", { name: "/openapi.json" }).waitFor();
    assert.ok((await requests()) >= before + 40);
    const migrations = page.getByRole("region", { name: "The last migrations" });
    assert.ok((await migrations.locator("tbody tr").count()) > 3);
    assert.equal(await migrations.locator("tbody tr").first().locator("td").nth(1).innerText(), "postgres");

    // Nobody looks, nothing is asked; somebody looks again, and it is asked at once.
    const hide = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    const looks = () => asked.filter((one) => one.url().endsWith("/status.json")).length;
    const until = async (reached) => {
      for (let i = 0; !reached(); ++i) {
        assert.ok(i < 500, `never: ${reached}`);
        await page.waitForTimeout(20);
      }
    };
    await hide(true);
    await until(() => open.size === 0);
    const then = looks();
    await page.clock.runFor(60_000);
    await page.evaluate(() => fetch("/health")); // what was asked before it is seen before it
    assert.equal(looks(), then, "a hidden page goes on asking");
    await hide(false);
    await until(() => looks() === then + 1);

    const button = page.getByRole("button", { name: "Run the checks" });
    await button.click();
    await page.getByText(/^Again in \d+ s$/).waitFor();
    assert.ok(await button.isDisabled());
    await page.getByRole("heading", { name: "PostgreSQL at" }).waitFor();
    await page.getByRole("heading", { name: "Redis at" }).waitFor();
    // Another tab has a token of its own, and sees what the checks found; the service refuses a second run.
    await visit({}, async ({ page: other }) => {
      await show_status(other, away);
      await other.getByRole("heading", { name: "PostgreSQL at" }).waitFor();
      const reply = await fetch(`${away}/status/checks`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
      assert.equal(reply.status, 429);
    });

    // Away and back: the figures stay, with a word about it.
    await control("kill/away");
    await page.getByText("The service does not answer.").waitFor();
    assert.ok(await page.getByRole("heading", { name: "Requests" }).isVisible());
    await control("start/away");
    await reach(page, "status");

    await page.reload();
    await reach(page, "status");
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    await page.getByRole("button", { name: "Forget the token" }).click();
    await reach(page, "token");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assert.ok(asked.length > 10 && !asked.some((one) => one.url().includes(token)), "the token was in an address");
    assert.equal((await context.cookies()).length, 0);
  }));

await test("by keyboard alone: begin, write, a new line, the menu", () =>
  visit({}, async ({ page }) => {
    await page.goto(scripted);
    await reach(page, "welcome");
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.innerText || document.activeElement.tagName);
    const tab_to = async (wanted) => {
      for (let i = 0; i < 12; ++i) {
        await page.keyboard.press("Tab");
        if ((await focused()) === wanted) return;
      }
      assert.fail(`Tab does not lead to ${wanted}, but to ${await focused()}`);
    };
    await tab_to("name");
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await reach(page, "talking");
    await page.waitForFunction(() => document.activeElement.id === "message");
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("li.bubble.assistant").length === 2);
    assert.equal((await bubbles(page))[1], "one\ntwo");
    await page.waitForFunction(() => document.activeElement.id === "message");
    await page.locator(".menu summary").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete" }).waitFor();
    await page.keyboard.press("Escape");
    assert.ok(await page.getByRole("button", { name: "Delete" }).isHidden());
  }));

await test("less motion, right to left, and other languages", async () => {
  await visit({ reducedMotion: "reduce" }, async ({ page }) => {
    await control("mood/silent");
    await begin(page, model);
    await write(page, "مرحبا، أحب القوائم");
    await reach(page, "typing");
    assert.equal(await page.locator(".dots i").first().evaluate((dot) => getComputedStyle(dot).animationName), "none");
    assert.equal(await page.locator("li.bubble.user p").evaluate((text) => getComputedStyle(text).direction), "rtl");
    await control("mood/good");
    await page.setViewportSize({ width: 360, height: 740 });
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await overflow(), 0);
    const [mine, theirs] = await Promise.all(["user", "assistant"].map((who) => page.locator(`li.bubble.${who}`).first().boundingBox()));
    assert.ok(mine.x < theirs.x + theirs.width && mine.x < 100, "one's own messages stand at the end of the line");
  });
  for (const [locale, text, first] of [["de-AT", "Anfangen", "Nerin"], ["es-MX", "Empezar", "Nerin"], ["ar", "Begin", "Nerin"]]) {
    await visit({ locale }, async ({ page }) => {
      await page.goto(scripted);
      await page.getByRole("button", { name: text }).click();
      await reach(page, "talking");
      assert.match((await bubbles(page))[0], new RegExp(first));
    });
  }
});

await browser.close();
finish();
