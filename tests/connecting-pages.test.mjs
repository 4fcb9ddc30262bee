// The page that connects: in a frame, left while the user is at the provider, with a browser or a tool that
// opens no windows, with a server that fails for a moment.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ENGINE, lacks } from "./support/browser.mjs";
import { eventually, useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();
const { press } = stage;

const noPopup = () => eventually(stage.windows, (count) => count === 0, "a popup stays open");
const slack = () => window.client.installIntegration("slack");

/** The package on two other origins, for pages of any; `broken` files are answered with 503. */
const server = { broken: undefined, loaded: [] };
before(async () => {
  const types = { js: "text/javascript", html: "text/html" };
  server.http = createServer(async ({ url }, response) => {
    const [path] = url.split("?");
    const type = types[path.split(".").at(-1)];
    const headers = {
      "access-control-allow-origin": "*",
      "content-type": type ?? "text/plain",
      "cache-control": "no-store",
    };
    if (server.broken?.test(path)) return response.writeHead(503, headers).end();
    server.loaded.push(url);
    const file = fileURLToPath(new URL(`../pkg${path}`, import.meta.url));
    const content = PAGES[path] ?? (await readFile(file).catch(() => undefined));
    if (content === undefined) return response.writeHead(404, headers).end(); // The icon of a page.
    return response.writeHead(200, headers).end(content);
  });
  await new Promise((resolve) => server.http.listen(0, resolve));
  server.origins = ["127.0.0.1", "localhost"].map((host) => `http://${host}:${server.http.address().port}`);
});
after(() => {
  server.http.close();
  server.http.closeAllConnections();
});

const PAGES = {
  "/portal.html": `<!doctype html><button>Wait</button><script type="module">
    import { ParagonClient } from "./index.js";
    const { token, ...configuration } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    const client = new ParagonClient(configuration);
    await client.authenticate(undefined, token);
    const button = document.querySelector("button");
    button.onclick = () => {
      const tell = (outcome) => parent.postMessage(outcome, "*");
      client.installIntegration("slack").then(({ integrationType }) => tell({ integrationType }), ({ code, message }) => tell({ code, message }));
    };
    button.textContent = "Connect";
  </script>`,
  "/around.html": `<!doctype html><p>Around</p><iframe></iframe><script>
    window.outcome = new Promise((resolve) => (onmessage = ({ data }) => resolve(data)));
  </script>`,
};

/** A click in a frame of another origin does not arrive with Firefox's BiDi; WebKitGTK was not tried. */
const skip = ENGINE !== "chromium" && "not run: a click in a frame of another origin takes Chromium";

/** Shows the portal in a frame of another page, and clicks in it. */
async function clickInFrame({ sandbox, around = server.origins[0] }) {
  const { apiUrl, projectId } = await stage.evaluate(() => window.configuration);
  const configuration = { apiUrl, projectId, token: stage.session.token, maxRetries: 0 };
  await stage.page.goto(`${around}/around.html`);
  await stage.evaluate(
    ([sandbox, url]) => {
      const frame = document.querySelector("iframe");
      if (sandbox) frame.setAttribute("sandbox", sandbox);
      frame.src = url;
    },
    [sandbox, `${server.origins[1]}/portal.html#${encodeURIComponent(JSON.stringify(configuration))}`],
  );
  await stage.page.frameLocator("iframe").getByRole("button", { name: "Connect" }).click();
}

async function outcomeInFrame() {
  const outcome = await stage.evaluate(() => window.outcome);
  // The page around has nothing of ours, but of the tool that clicked in it.
  await stage.evaluate(() => window.account.forget());
  return outcome;
}

describe("in a frame", () => {
  test("of another origin", { skip }, async () => {
    await stage.sandbox.decide({ decision: "allow" });
    await clickInFrame({});
    assert.deepEqual(await outcomeInFrame(), { integrationType: "slack" });
    await noPopup();
  });

  for (const name of ["of another origin", "of its own origin"]) {
    test(`${name}, the user closes the popup and clicks around it: cancelled`, { skip }, async () => {
      const opening = stage.popup();
      await clickInFrame({ around: server.origins[name === "of its own origin" ? 1 : 0] });
      const popup = await opening;
      await popup.getByRole("button", { name: "Allow" }).waitFor();
      await popup.close();
      await stage.page.getByText("Around").click();
      assert.equal((await outcomeInFrame()).code, "cancelled");
    });
  }

  test("without an origin: refused at once, and what it lacks is named", { skip }, async () => {
    await clickInFrame({ sandbox: "allow-scripts allow-popups" });
    const { code, message } = await outcomeInFrame();
    assert.equal(code, "popup_blocked");
    assert.match(message, /allow-same-origin/);
    await noPopup();
    assert.deepEqual(await stage.received(/oauth/), []);
  });

  test("that has no address of its own, but an origin", async () => {
    await stage.sandbox.decide({ decision: "allow" });
    const { outcome } = await stage.click(async () => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      // The window of a frame without an address, whose `location.origin` is "null".
      const { contentDocument: inner, contentWindow } = frame;
      const script = inner.createElement("script");
      script.type = "module";
      script.textContent = `import("${location.origin}/paragon-wasm/index.js").then(parent.imported)`;
      const paragon = await new Promise((resolve) => {
        window.imported = resolve;
        inner.head.append(script);
      });
      const client = new paragon.ParagonClient(window.configuration);
      await client.authenticate(undefined, window.token);
      return { origin: contentWindow.location.origin, ...(await client.installIntegration("slack")) };
    });
    const { value, error } = await outcome();
    assert.deepEqual([value?.origin, value?.integrationType], ["null", "slack"], JSON.stringify(error));
  });
});

/** The popup closes with the page; the new one has nothing of ours, but perhaps of the tool that drives it. */
async function left() {
  await noPopup();
  await stage.evaluate(() => window.account.forget());
}

describe("the page is left", () => {
  test("while the user is at the provider: the popup closes", async () => {
    const { popup } = await stage.clickForPopup(slack);
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await stage.page.reload();
    await left();
  });

  test("before the code that connects is loaded: the popup closes", { skip: lacks("routes") }, async () => {
    await stage.page.route("**/install.js", () => {});
    await stage.clickForPopup(slack);
    await stage.page.goto(`${server.origins[0]}/around.html`);
    await left();
  });

  test("during a flow: the popup closes", async () => {
    const { popup } = await stage.clickForPopup(() => window.client.installFlow.start("slack"));
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await stage.page.goto(`${server.origins[0]}/around.html`);
    await left();
  });

  test("and is shown again as it was: the install has been cancelled", async () => {
    const { popup, outcome } = await stage.clickForPopup(slack);
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await stage.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await noPopup();
    assert.equal((await outcome()).error.code, "cancelled");
    await stage.endFollowing();
  });
});

describe("a window does not open", () => {
  const ways = {
    "`window.open` throws": () => {
      throw new Error("No windows here.");
    },
    "`window.open` returns nothing": () => undefined,
    "a tool returns an object in its place": () => ({ closed: false, close() {}, focus() {} }),
  };
  for (const [name, open] of Object.entries(ways)) {
    test(`${name}: popup_blocked, the first time and the next, with what can be done`, async () => {
      await stage.evaluate((open) => (window.open = (0, eval)(`(${open})`)), String(open));
      for (const connect of [slack, slack, () => window.client.installFlow.start("slack")]) {
        const { error } = await (await stage.click(connect)).outcome();
        assert.deepEqual([error?.code, error?.name], ["popup_blocked", "OAuthBlockedError"]);
        assert.match(error.message, /in a click.*permit popups.*allow-popups/);
      }
      await stage.evaluate(() => window.client.installFlow.cancel());
    });
  }

  test("later than in the click, as in WebKit: a flow opens it there", async () => {
    await stage.evaluate(() => {
      Object.defineProperty(navigator, "vendor", { value: "Apple Computer, Inc." });
      const { open } = window;
      window.open = (...args) => (window.event?.type === "click" ? open.apply(window, args) : null);
    });
    // The first call of the page, which loads code; then another client, of which nothing is known.
    for (const prepare of [() => {}, () => (window.client = new window.paragon.ParagonClient(window.configuration))]) {
      await stage.evaluate(prepare);
      await stage.evaluate(() => window.client.authenticate(undefined, window.token));
      await stage.sandbox.decide({ decision: "allow" });
      const { value, error } = await (
        await stage.click(() => window.client.installFlow.start("slack", { allowMultipleCredentials: true }))
      ).outcome();
      assert.equal(value?.stage, "done", JSON.stringify(error));
      // One that is not needed closes.
      const form = await (await stage.click(() => window.client.installFlow.start("klaviyo"))).outcome();
      assert.equal(form.value.stage, "preOptions");
      await noPopup();
      await stage.evaluate(() => window.client.installFlow.cancel());
    }
  });
});

describe("the code that connects cannot be loaded", () => {
  /** In the page: what an install by the package at another origin gives. */
  const connect = async (origin) => {
    window.other ??= await import(`${origin}/index.js`);
    window.others ??= [];
    const client = new window.other.ParagonClient(window.configuration);
    window.others.push(client);
    await client.authenticate(undefined, window.token);
    return client.getIntegrationConfig("slack").then(
      () => "ok",
      ({ code, message }) => `${code}: ${message}`,
    );
  };

  test("for a while: the next call loads it, once", async () => {
    const [origin] = server.origins;
    server.broken = /install\.js$/;
    const failed = await stage.evaluate(connect, origin);
    assert.match(failed, /^load_failed: .*Try again; if it fails again, reload the page/);
    assert.match(await stage.evaluate(connect, origin), /^load_failed/);
    server.broken = undefined;
    server.loaded.length = 0;
    for (let time = 0; time < 3; time += 1) assert.equal(await stage.evaluate(connect, origin), "ok");
    const loaded = server.loaded.filter((url) => url.startsWith("/install.js"));
    assert.equal(loaded.length, 1, loaded.join());
    await stage.evaluate(() => Promise.all(window.others.map((client) => client.logout())));
  });
});

describe("the token endpoint", () => {
  test("fails just when the user has consented: it is asked again, and the account is connected", async () => {
    const [short, long] = await Promise.all(
      [4, 3_600].map((expiresInSeconds) => stage.sandbox.token({ userId: "noor", expiresInSeconds })),
    );
    await stage.evaluate(
      ([short, long]) => {
        window.asked = 0;
        const tokens = [() => short, () => Promise.reject(new Error("503")), () => Promise.reject(new Error("503"))];
        return window.client.authenticate(undefined, () => (tokens[window.asked++] ?? (() => long))());
      },
      [short.token, long.token],
    );
    const { popup, outcome } = await stage.clickForPopup(slack);
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await eventually(() =>
      stage.evaluate((token) => {
        const { exp } = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
        return Date.now() > exp * 1_000;
      }, short.token),
    );
    await press(popup, "Allow");
    const { value, error } = await outcome();
    assert.equal(value?.integrationType, "slack", JSON.stringify(error));
    assert.ok((await stage.evaluate(() => window.asked)) >= 3);
  });
});

describe("the popup is severed by its provider", () => {
  /** Begins, and has the provider sever the popup. */
  async function severed(run = slack) {
    const begun = await stage.clickForPopup(run);
    await press(begun.popup, "This provider severs its opener");
    await begun.popup.getByText("cut itself off").waitFor();
    // As for a user who is back at this page, in every engine.
    await stage.evaluate(() => (document.hasFocus = () => true));
    return begun;
  }

  test("the user denies, and stays there: cancelled after a while", async () => {
    const begun = await stage.clickForPopup(slack);
    await begun.popup.getByRole("button", { name: "Allow" }).waitFor();
    // As for a user who is in the popup, which a test cannot be. A minute is over in a second.
    await stage.evaluate(() => {
      document.hasFocus = () => false;
      const { now } = Date;
      const start = now();
      Date.now = () => start + (now() - start) * 20;
    });
    await press(begun.popup, "This provider severs its opener");
    await press(begun.popup, "Deny");
    await begun.popup.getByText("is not connected").waitFor();
    assert.equal((await begun.outcome()).error.code, "cancelled");
    await stage.endFollowing();
    await begun.popup.close();
  });

  test("the user visits this page, and consents afterwards: cancelled, and the event follows", async () => {
    const begun = await severed();
    assert.equal((await begun.outcome()).error.code, "cancelled");
    assert.deepEqual(await stage.events(), []);
    await press(begun.popup, "Allow");
    await noPopup();
    // The user is back: an emulated focus brings no event.
    await stage.evaluate(() => window.dispatchEvent(new Event("focus")));
    const [event, ...more] = await eventually(stage.events, (events) => events.length);
    assert.deepEqual(more, []);
    assert.equal(event.credentialId, (await stage.user()).integrations.slack.credentialId);
    await stage.quiet();
    assert.equal((await stage.events()).length, 1);
    const forgotten = (await stage.received(/session-id/)).filter(({ line }) => line.startsWith("DELETE"));
    assert.equal(forgotten.length, 1);
  });

  test("the same with questions afterwards, which the options answer", async () => {
    const postOptions = { edition: "software", project: "PRJ-7", pollMinutes: 15 };
    const begun = await severed(
      (0, eval)(`() => window.client.installIntegration("jira", { postOptions: ${JSON.stringify(postOptions)} })`),
    );
    assert.equal((await begun.outcome()).error.code, "cancelled");
    await press(begun.popup, "Allow");
    await noPopup();
    await stage.evaluate(() => window.dispatchEvent(new Event("focus")));
    await eventually(stage.events, (events) => events.length === 1);
    assert.equal((await stage.user()).integrations.jira.credentialStatus, "VALID");
  });

  test("the same in a flow, which goes on", async () => {
    await stage.evaluate(() => (window.said = []));
    const begun = await severed(() =>
      window.client.installFlow.start("jira", {
        onNext: ({ stage }) => window.said.push(stage),
        onError: ({ code }) => window.said.push(code),
      }),
    );
    assert.equal((await begun.outcome()).error.code, "cancelled");
    await press(begun.popup, "Allow");
    await noPopup();
    await stage.evaluate(() => window.dispatchEvent(new Event("focus")));
    await eventually(
      () => stage.evaluate(() => window.said.join()),
      (said) => said === "oauth,cancelled,postOptions",
    );
    const { value } = await (
      await stage.click(() =>
        window.client.installFlow.setPostOptions({ edition: "software", project: "PRJ-7", pollMinutes: 15 }),
      )
    ).outcome();
    assert.equal(value.stage, "done");
    assert.equal((await stage.events()).length, 1);
  });

  test("another install takes its place: it asks no more", async () => {
    const begun = await severed();
    assert.equal((await begun.outcome()).error.code, "cancelled");
    await stage.sandbox.decide({ decision: "allow" });
    const { value } = await (await stage.click(() => window.client.installIntegration("notion"))).outcome();
    assert.equal(value.integrationType, "notion");
    await stage.quiet();
    await begun.popup.close();
    assert.equal((await stage.events()).length, 1);
  });
});
