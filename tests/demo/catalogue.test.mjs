// The demo page: the catalogue, and the ways through the page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import { cardOf, focused, follow, goTo, isFocused, useDemo } from "../support/demo.mjs";

const demo = useDemo();

const names = (page) => page.locator(".card h3").allTextContents();

describe("the catalogue", () => {
  test("shows each integration in its state, what needs attention first", async () => {
    const { page, problems } = await demo.openAs("ada");
    const expected = {
      salesforce: "Connected",
      slack: "Connected",
      hubspot: "Reconnect needed",
      googledrive: "Expired",
    };
    for (const [type, words] of Object.entries(expected)) {
      assert.equal(await cardOf(page, type).locator(".badge").innerText(), words, type);
    }
    assert.equal(await cardOf(page, "asana").locator(".badge").count(), 0);
    assert.equal(await cardOf(page, "salesforce").locator(".card-account").innerText(), "ada@lantern.example");
    assert.deepEqual((await names(page)).slice(0, 5), ["Google Drive", "HubSpot", "Salesforce", "Slack", "Asana"]);
    await page.getByText("4 of 17 connected, 2 need attention").waitFor();
    assert.deepEqual(problems, []);
  });

  test("leaves out what the project does not offer at present", async () => {
    const { page } = await demo.openAs("ada");
    assert.equal(await cardOf(page, "mailchimp").count(), 0);
    await goTo(page, "#/integrations/mailchimp");
    await page.getByText("does not offer it at present").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Connect/ }).count(), 0);
  });

  test("shows PENDING, several accounts, and nothing", async () => {
    const { page, problems } = await demo.openAs("yuki");
    assert.equal(await cardOf(page, "jira").locator(".badge").innerText(), "Setup unfinished");
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "mateo");
    assert.equal(await cardOf(page, "salesforce").locator(".card-account").innerText(), "2 accounts");
    // The default account works, the other does not.
    assert.equal(await cardOf(page, "googledrive").locator(".badge").innerText(), "Needs attention");
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "noor");
    await page.getByText("Nothing is connected yet").waitFor();
    assert.equal(await page.locator(".card .badge").count(), 0);
    assert.deepEqual(problems, []);
  });

  test("is searched in names and descriptions, word by word", async () => {
    const { page } = await demo.openAs("ada");
    const search = page.getByRole("searchbox", { name: "Search integrations" });
    await search.fill("google");
    assert.deepEqual(await names(page), ["Google Drive", "Google Calendar"]);
    await page.getByRole("status").getByText("2 integrations").waitFor({ state: "attached" });
    await search.fill("issues REQUESTS");
    assert.deepEqual(await names(page), ["Jira"]);
    assert.equal(await isFocused(search), true);

    await search.fill("<b>nothing</b>");
    await page.getByText("Nothing matches “<b>nothing</b>”").waitFor();
    await page.getByRole("button", { name: "Clear the search" }).click();
    assert.equal(await page.locator(".card").count(), 17);
    assert.equal(await isFocused(search), true);
  });

  test("is filtered, with the numbers of what is searched for", async () => {
    const { page } = await demo.openAs("ada");
    const filter = (name) => page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });
    const labels = await page.locator(".filter").allTextContents();
    assert.deepEqual(labels, ["All 17", "Connected 4", "Needs attention 2", "Not connected 13"]);
    await follow(page, () => filter("Needs attention").click());
    assert.deepEqual(await names(page), ["Google Drive", "HubSpot"]);
    assert.equal(await isFocused(filter("Needs attention")), true);
    await follow(page, () => filter("Not connected").click());
    assert.equal(await page.locator(".card").count(), 13);

    await page.getByRole("searchbox").fill("google");
    assert.deepEqual(await names(page), ["Google Calendar"]);
    assert.deepEqual(await page.locator(".filter").allTextContents(), [
      "All 2",
      "Connected 1",
      "Needs attention 1",
      "Not connected 1",
    ]);
  });

  test("says what an empty list means", async () => {
    const { page } = await demo.openAs("noor", { at: "#/integrations?show=connected" });
    await page.getByText("Nothing is connected yet").waitFor();
    await goTo(page, "#/integrations?show=attention");
    await page.getByText("Everything works").waitFor();
  });

  test("shows the type where looks and descriptions cannot be had", { skip: lacks("routes") }, async () => {
    const { page } = await demo.open();
    for (const path of ["**/sdk/metadata", "**/sdk/integrations"]) {
      await page.route(path, (route) =>
        route.fulfill({ status: 500, headers: { "access-control-allow-origin": "*" }, json: {} }),
      );
    }
    await demo.signIn(page, "ada");
    assert.equal(await cardOf(page, "salesforce").locator("h3").innerText(), "Salesforce");
    assert.equal(await cardOf(page, "salesforce").locator(".emblem-letter").innerText(), "S");
  });
});

describe("failures", () => {
  test("to load the user are shown, with a way on", { skip: lacks("routes") }, async () => {
    const { page } = await demo.open();
    let isDown = true;
    let reads = 0;
    await page.route("**/sdk/me", (route) => {
      if (route.request().method() !== "GET") return route.continue();
      reads += 1;
      // The first read is the sign-in.
      return isDown && reads > 1
        ? route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" }, json: { message: "Down" } })
        : route.continue();
    });
    // Or the user would be who the sign-in was told of: the package shares that until a timer of no time.
    await page.evaluate(() => {
      const { setTimeout } = window;
      window.setTimeout = (run, ms, ...given) =>
        ms === undefined ? queueMicrotask(run) : setTimeout(run, ms, ...given);
    });
    await page.locator('.user[data-user="ada"]').first().click();
    await page.getByText("server_error · HTTP 503").waitFor();
    await page.getByText("The integrations could not be loaded.").waitFor();
    assert.equal(await page.locator(".skeleton").count(), 0);
    isDown = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await cardOf(page, "salesforce").waitFor();
    assert.equal(await page.getByText("server_error · HTTP 503").count(), 0);
    await focused(page, page.getByRole("heading", { name: "Integrations", level: 1 }));
  });

  test("to refresh leave what was known", { skip: lacks("routes") }, async () => {
    const { page } = await demo.openAs("ada");
    for (const path of ["me", "metadata", "integrations"]) await page.route(`**/sdk/${path}`, (route) => route.abort());
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Refreshing failed; this is what was last known").waitFor();
    assert.equal(await page.locator(".card").count(), 17);
    // With its name and its look.
    await cardOf(page, "googledrive").getByRole("link", { name: "Google Drive" }).waitFor();
    assert.equal(await cardOf(page, "googledrive").locator("img").count(), 1);
  });

  test("to load an integration’s configuration do not hide its accounts", { skip: lacks("routes") }, async () => {
    const { page } = await demo.openAs("ada");
    await page.route("**/sdk/integrations", (route) => route.abort());
    await follow(page, () => cardOf(page, "slack").getByRole("link").click());
    await page.getByText("Workflows and settings could not be loaded").waitFor();
    await page.getByRole("button", { name: "Disconnect Slack" }).waitFor();
    await page.unroute("**/sdk/integrations");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("switch", { name: "Announce won deals" }).waitFor();
  });
});

describe("addresses", () => {
  test("lead to the views, and what is searched for and filtered is in them", async () => {
    const { page } = await demo.openAs("ada", { at: "#/integrations?search=s&show=connected" });
    assert.equal(await page.getByRole("searchbox").inputValue(), "s");
    assert.equal(await page.locator(".filter[aria-current]").textContent(), "Connected 4");
    await page.getByRole("searchbox").fill("slack");
    assert.equal(await page.evaluate(() => location.hash), "#/integrations?search=slack&show=connected");
    await goTo(page, "#/metadata");
    await page.getByRole("heading", { name: "Metadata", level: 1 }).waitFor();
    assert.equal(await page.locator('#navigation [aria-current="page"]').innerText(), "Metadata");
    await goTo(page, "#/integrations/taskbird");
    await page.getByRole("heading", { name: "Taskbird", level: 1 }).waitFor();
  });

  test("that lead to nothing say so", async () => {
    const { page, problems } = await demo.openAs("ada", { at: "#/integrations/no%E2%80%99such" });
    await page.getByText("This project does not offer no’such.").waitFor();
    for (const hash of ["#/nowhere", "#/integrations/slack/more"]) {
      await goTo(page, hash);
      await page.getByRole("heading", { name: "Not found" }).waitFor();
    }
    await goTo(page, "#/integrations/%zz");
    await page.getByText("This project does not offer %zz.").waitFor();
    await follow(page, () => page.getByRole("link", { name: "All integrations" }).click());
    await cardOf(page, "slack").waitFor();
    assert.deepEqual(problems, []);
  });

  test("are gone through back and forth; the catalogue is where it was", async () => {
    const { page } = await demo.openAs("ada", { viewport: { width: 1280, height: 500 } });
    await page.getByRole("searchbox").fill("e");
    const link = cardOf(page, "zendesk").getByRole("link");
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 0);
    await follow(page, () => link.click());
    await focused(page, page.getByRole("heading", { name: "Zendesk", level: 1 }));
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.equal(await page.title(), "Zendesk · paragon-wasm demo");

    await page.evaluate(() => history.back());
    await focused(page, link);
    assert.equal(await page.getByRole("searchbox").inputValue(), "e");
    assert.equal(await page.evaluate(() => scrollY), before);
    await page.evaluate(() => history.forward());
    await focused(page, page.getByRole("heading", { name: "Zendesk", level: 1 }));
    await follow(page, () => page.getByRole("link", { name: "All integrations" }).click());
    assert.equal(await page.title(), "Integrations · paragon-wasm demo");
  });
});
