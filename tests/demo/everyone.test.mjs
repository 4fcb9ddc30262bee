// The demo page: for every eye, hand and screen.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import {
  HARBOR,
  atProvider,
  cardOf,
  connectButton,
  dialogOf,
  focused,
  goTo,
  loaded,
  popupOf,
  tabTo,
  toast,
  useDemo,
} from "../support/demo.mjs";

const demo = useDemo();

/** Each is a way to a state of the page; they are gone through one after the other. */
const STATES = {
  "the form for a token, with an error": async (page) => {
    await page.getByLabel(/Real Paragon/).check();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".field-error:not(:empty)").first().waitFor();
  },
  "the catalogue, an error and the log": async (page) => {
    await page.getByLabel(/The sandbox/).check();
    await demo.signIn(page, "ada");
    await page.getByRole("button", { name: "Run: An unknown integration" }).click();
    await page.locator(".failures .fields").waitFor();
    await page.locator(".log summary").first().click();
  },
  "nothing found": (page) => page.getByRole("searchbox").fill("nothing of that name"),
  "the metadata, with an error": async (page) => {
    await goTo(page, "#/metadata");
    await page.getByRole("button", { name: "Add a key" }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.locator(".field-error:not(:empty)").first().waitFor();
  },
  "an address that leads to nothing": (page) => goTo(page, "#/integrations/nothing"),
  "an account to reconnect": (page) => goTo(page, "#/integrations/hubspot"),
  "workflows and settings, with an error": async (page) => {
    await goTo(page, "#/integrations/salesforce");
    await page.locator(".row-settings summary").first().click();
    await page.getByLabel("Record type").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".field-error:not(:empty)").first().waitFor();
  },
  disconnecting: async (page) => {
    await page.getByRole("button", { name: "Disconnect Salesforce" }).click();
    await dialogOf(page).waitFor();
  },
  "a kind of account": async (page) => {
    await page.keyboard.press("Escape");
    await goTo(page, "#/integrations/shopify");
    await connectButton(page).click();
    await dialogOf(page).getByRole("radio").first().waitFor();
  },
  "a form before connecting, with an error": async (page) => {
    await dialogOf(page).getByRole("button", { name: "Continue" }).click();
    await dialogOf(page).getByLabel("Shop").waitFor();
    await dialogOf(page).getByRole("button", { name: "Continue to Shopify" }).click();
    await dialogOf(page).getByText("Fill this in.").waitFor();
  },
  "waiting for the provider": async (page) => {
    await dialogOf(page).getByLabel("Shop").fill("lantern");
    const popup = await popupOf(page, () => dialogOf(page).getByLabel("Shop").press("Enter"));
    await popup.getByRole("button", { name: "Deny" }).waitFor();
    await dialogOf(page).getByText("Waiting for Shopify").waitFor();
  },
  "a denial": async (page) => {
    const [popup] = page
      .context()
      .pages()
      .filter((one) => one !== page);
    await popup.getByRole("button", { name: "Deny" }).click();
    await dialogOf(page).getByRole("button", { name: "Try again" }).waitFor();
  },
  "a setup, with a list of choices": async (page) => {
    await page.keyboard.press("Escape");
    await goTo(page, "#/integrations/jira");
    await atProvider(page, () => connectButton(page).click());
    await dialogOf(page).getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("listbox").getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
  },
  "a setup left for later": async (page) => {
    await page.keyboard.press("Escape");
    await dialogOf(page).getByRole("button", { name: "Finish later" }).click();
    await page.getByRole("group", { name: "Setup unfinished" }).waitFor();
  },
  "a package to be installed first": async (page) => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "tomas", HARBOR);
    await goTo(page, "#/integrations/salesforce");
    await connectButton(page).click();
    await dialogOf(page).getByRole("button", { name: "Continue" }).click();
    await dialogOf(page).getByRole("button", { name: "I have installed it" }).waitFor();
  },
  "several accounts": async (page) => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "mateo");
    await goTo(page, "#/integrations/googledrive");
  },
  "awkward names": async (page) => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "yuki");
  },
  "awkward metadata": (page) => goTo(page, "#/metadata"),
  "nothing connected": async (page) => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await demo.signIn(page, "noor");
    await goTo(page, "#/integrations");
  },
  "something just connected": async (page) => {
    await demo.sandbox.decide({ decision: "allow" });
    await goTo(page, "#/integrations/slack");
    await connectButton(page).click();
    await toast(page, "Slack is connected").waitFor();
    await dialogOf(page).waitFor({ state: "detached" });
  },
};

describe("axe finds nothing", () => {
  for (const [colorScheme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["light", 320],
  ]) {
    test(
      `${colorScheme}, on a screen of ${width}`,
      { skip: colorScheme === "dark" && lacks("colorScheme") },
      async () => {
        const { page } = await demo.open({
          ...(colorScheme === "dark" && { colorScheme }),
          viewport: { width, height: 800 },
        });
        await page.locator(".user").first().waitFor();
        await demo.assertAccessible(page, "signed out");
        for (const [state, reach] of Object.entries(STATES)) {
          await reach(page);
          await demo.assertAccessible(page, state);
        }
      },
    );
  }
});

test("nothing is cut off, from phones to wide screens, in any state", async () => {
  const { page } = await demo.open();
  for (const [state, reach] of Object.entries(STATES)) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await reach(page);
    for (const width of [320, 360, 768, 1152, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      const { across, cut } = await page.evaluate(() => ({
        across: document.documentElement.scrollWidth,
        // In a dialog and among the filters, nothing scrolls sideways either.
        cut: [...document.querySelectorAll("dialog *, .filters")]
          .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
          .filter((one) => !one.matches("input, select, .visually-hidden"))
          .map((one) => one.className),
      }));
      assert.ok(across <= width, `${state}: ${across} px wide on a screen of ${width}`);
      assert.deepEqual(cut, [], `${state}: cut off on a screen of ${width}`);
    }
  }
});

test("what is pressed on a phone is large enough", { skip: lacks("touch") }, async () => {
  const { page } = await demo.open({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  for (const [state, reach] of Object.entries(STATES)) {
    await reach(page);
    // WCAG 2.2 asks for 24 px.
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          "main :is(a, button, input, select, summary), dialog :is(a, button, input, select)",
        ),
      ]
        .filter((one) => one.checkVisibility() && !one.closest("p"))
        .map((one) => [one.closest(".card") ?? one.closest(".segment") ?? one, one])
        .map(([target, one]) => [one.outerHTML.slice(0, 90), target.getBoundingClientRect()])
        // A checkbox is pressed by its label as well.
        .filter(([html]) => !html.includes("checkbox"))
        .filter(([, { width, height }]) => width < 24 || height < 24)
        .map(([html, { width, height }]) => `${html}: ${width}×${height}`),
    );
    assert.deepEqual(small, [], state);
  }
});

test("the keyboard alone signs in, connects, switches, disconnects and signs out", async () => {
  const { page } = await demo.open();
  const press = (key) => page.keyboard.press(key);
  const user = page.locator('.user[data-user="noor"]').first();
  await user.waitFor();
  await tabTo(page, user);
  await press("Enter");
  await cardOf(page, "slack").waitFor();
  await tabTo(page, cardOf(page, "slack").getByRole("link"));
  await press("Enter");
  await focused(page, page.getByRole("heading", { name: "Slack", level: 1 }));
  await loaded(page);
  await tabTo(page, connectButton(page));
  await atProvider(page, () => press("Enter"));
  await page.bringToFront();
  await focused(page, page.locator(".row[data-credential]"));
  await tabTo(page, page.getByRole("switch", { name: "Announce won deals" }));
  await press("Space");
  await toast(page, "Announce won deals is off.").waitFor();
  await tabTo(page, page.getByRole("button", { name: "Disconnect Slack" }), "Shift+Tab");
  await press("Enter");
  await tabTo(page, dialogOf(page).getByRole("button", { name: "Disconnect" }));
  await press("Enter");
  await page.getByRole("button", { name: "Connect Slack" }).waitFor();
  await focused(page, page.getByRole("heading", { name: "Slack", level: 1 }));
  await tabTo(page, page.getByRole("button", { name: "Sign out" }), "Shift+Tab");
  await press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("a dialog keeps the focus inside", async () => {
  const { page } = await demo.openIntegration("noor", "klaviyo");
  await connectButton(page).click();
  await focused(page, dialogOf(page).getByLabel("Private API key"));
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press(key);
      // Beyond the last comes the browser itself, and never the page below.
      const where = await page.evaluate(() => document.activeElement.closest("dialog, main, header, aside")?.localName);
      assert.ok(where === "dialog" || where === undefined, `${key}: ${where}`);
    }
  }
});

for (const width of [320, 1440]) {
  test(`nothing moves while it loads, on a screen of ${width}`, { skip: lacks("layoutShift") }, async () => {
    const { page } = await demo.open({ viewport: { width, height: 800 } });
    // Slower than what the browser takes for the outcome of a click.
    await demo.fail({ path: "*/sdk/*", delayMs: 700 });
    await page.locator('.user[data-user="ada"]').first().click();
    await page.locator("main .skeleton").first().waitFor();
    await page.evaluate(() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries()) {
          // The log grows at its top, as logs do.
          const moved = sources
            .map(({ node }) => node?.parentElement ?? node)
            .filter((node) => node && !node.closest?.(".log"));
          if (moved.length > 0)
            window.shifts.push(`${value}: ${moved.map((node) => node.className || node.localName).join(", ")}`);
        }
      }).observe({ type: "layout-shift" });
    });
    await loaded(page);
    await goTo(page, "#/integrations/salesforce");
    await page.getByRole("switch").first().waitFor();
    await goTo(page, "#/integrations/hubspot");
    await page.evaluate(() => history.back());
    await page.getByRole("heading", { name: "Salesforce", level: 1 }).waitFor();
    await loaded(page);
    assert.deepEqual(await page.evaluate(() => window.shifts), []);
  });
}
