// However an install ends, its promise settles, with a code, in time; its popup is closed; and
// nothing of it is left in the page (which every test here checks at its end).

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "./support/browser.mjs";
import { eventually, useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();
const { press } = stage;

const begin = (options, type = "slack") =>
  stage.clickForPopup(([type, options]) => window.client.installIntegration(type, options), [type, options]);

/** Begins, and waits until the popup is at the provider. */
async function beginThere(options, type) {
  const begun = await begin(options, type);
  await begun.popup.getByRole("button", { name: "Allow" }).waitFor();
  return begun;
}

const noPopup = () => eventually(stage.windows, (count) => count === 0, "a popup stays open");

/** It failed with this code and left nothing. */
async function failed({ outcome }, code, name = "ParagonError") {
  const { error, value } = await outcome();
  assert.equal(error?.code, code, JSON.stringify(error ?? value));
  assert.equal(error.name, name);
  assert.equal(error.leaks, undefined, "a token is in the error");
  await noPopup();
  assert.deepEqual(await stage.events(), []);
  return error;
}

/** It was given up, as the popup seemed closed; and asks on, until the session ends. */
async function givenUp(begun) {
  const error = await failed(begun, "cancelled");
  await stage.endFollowing();
  return error;
}

/** How long something takes. */
async function took(run) {
  const started = Date.now();
  await run();
  return Date.now() - started;
}

describe("the popup", () => {
  test("is blocked by the browser, as nobody clicked", async () => {
    const said = stage.page.waitForEvent("console", {
      predicate: (message) => message.text().startsWith("{"),
      timeout: 20_000,
    });
    await stage.click(async () => {
      // A click counts for five seconds. (Whatever the test asks of the page would count as one, too.)
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      console.log(await window.client.installIntegration("slack").catch((error) => JSON.stringify(window.told(error))));
    });
    const { code, name, message } = JSON.parse((await said).text());
    assert.deepEqual([code, name], ["popup_blocked", "OAuthBlockedError"]);
    assert.match(message, /in a click/);
    assert.deepEqual(
      (await stage.received(/oauth|credentials/)).map(({ line }) => line),
      [],
    );
  });

  test("that the application opened itself was blocked", async () => {
    await failed(
      await stage.click(() => window.client.installIntegration("slack", { popup: null })),
      "popup_blocked",
      "OAuthBlockedError",
    );
  });

  test("is closed by the user: the server is asked, then the install is cancelled, within seconds", async () => {
    const begun = await beginThere();
    await begun.popup.close();
    const ms = await took(() => failed(begun, "cancelled"));
    assert.ok(ms < 10_000, `${ms} ms`);
    await stage.endFollowing();
    assert.ok((await stage.received(/session-id/)).filter(({ line }) => line.startsWith("GET")).length >= 2);
  });

  test("is closed before it came to the provider", async () => {
    await stage.fail({ path: "*/build-oauth", method: "GET", delayMs: 3_000, action: { kind: "pass" } });
    const begun = await begin();
    await popupArrived();
    await begun.popup.close();
    const ms = await took(() => failed(begun, "cancelled"));
    assert.ok(ms < 3_000, `${ms} ms`);
  });

  test("is closed the moment the account is connected", async () => {
    // The answer takes its time; the popup is long gone.
    await stage.fail({ path: "*/credentials", method: "POST", delayMs: 2_000, action: { kind: "pass" } });
    const begun = await beginThere();
    await press(begun.popup, "Allow");
    await begun.popup.waitForEvent("close");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
    await stage.quiet();
    assert.equal((await stage.events()).length, 1);
  });

  test("is cut off by its provider, and closed then", async () => {
    const begun = await beginThere();
    await press(begun.popup, "This provider severs its opener");
    await begun.popup.getByText("cut itself off").waitFor();
    await begun.popup.close();
    await givenUp(begun);
  });

  test("is cut off, and the user is not back yet: it is waited for", async () => {
    const begun = await beginThere();
    // As for a user who is in the popup, which a test cannot be.
    await stage.evaluate(() => (document.hasFocus = () => false));
    await press(begun.popup, "This provider severs its opener");
    await begun.popup.getByText("cut itself off").waitFor();
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    assert.equal(await begun.settled(), undefined);
    await press(begun.popup, "Allow");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
  });

  test("is closed while the page is hidden and its timers stand still: told when it is seen again", async () => {
    await hide();
    const begun = await beginThere();
    await begun.popup.close();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal(await begun.settled(), undefined);
    await show();
    await givenUp(begun);
  });

  test("brings its message, though the page is hidden and its timers stand still", async () => {
    await hide();
    const begun = await beginThere();
    await press(begun.popup, "Allow");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
    await show();
  });
});

/** As a browser does with a page that is in the background for long: timers stand still until it is seen. */
async function hide() {
  await stage.evaluate(() => {
    const { setInterval, clearInterval } = window;
    const held = new Map();
    let hidden = true;
    window.setInterval = (run, ms) => {
      const timer = setInterval(() => hidden || run(), ms);
      held.set(timer, run);
      return timer;
    };
    window.clearInterval = (timer) => (held.delete(timer), clearInterval(timer));
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    window.show = () => {
      hidden = false;
      delete document.visibilityState;
      document.dispatchEvent(new Event("visibilitychange"));
    };
  });
}

const show = () => stage.evaluate(() => window.show());

/** Paragon's own page has been shown. */
const popupArrived = () =>
  eventually(
    async () => (await stage.received(/oauth-nonce/)).length,
    Boolean,
    "the popup does not open Paragon's page",
  );

describe("the provider", () => {
  test("is refused by the user: its reason is kept", async () => {
    await stage.sandbox.decide({ decision: "deny", reason: "Ask your administrator." });
    const error = await failed(await begin(), "oauth_denied");
    assert.match(error.message, /Ask your administrator\./);
    assert.deepEqual(error.details.response, {
      error: "access_denied",
      error_description: "Ask your administrator.",
      message: "Ask your administrator.",
    });
  });

  test("repeats the token in its reason: it is taken out", async () => {
    await stage.sandbox.decide({ decision: "deny", reason: `Not with ${stage.session.token}!` });
    const error = await failed(await begin(), "oauth_denied");
    assert.match(error.message, /Not with \[redacted\]!/);
  });

  test("takes too long", async () => {
    const begun = await begin({ oauthTimeout: 2_000 });
    const ms = await took(() => failed(begun, "oauth_timeout", "OAuthTimeoutError"));
    assert.ok(ms > 1_000 && ms < 8_000, `${ms} ms`);
    assert.ok(begun.popup.isClosed());
  });
});

describe("Paragon", () => {
  test("does not show its page", async () => {
    await stage.fail({ path: "*/oauth-nonce", action: { kind: "hang", when: "beforeHeaders" } });
    await failed(await begin({ timeoutMs: 2_000 }), "timeout", "TimeoutError");
  });

  test("shows an error in its place", async () => {
    await stage.fail({ path: "*/oauth-nonce", action: { kind: "answer", status: 500, body: { message: "No." } } });
    await failed(await begin({ timeoutMs: 2_000 }), "timeout", "TimeoutError");
  });

  test("does not say where the provider is", async () => {
    await stage.fail({
      path: "*/build-oauth",
      method: "GET",
      action: { kind: "answer", status: 400, body: { message: "No such client." } },
    });
    const error = await failed(await begin(), "request_failed");
    assert.deepEqual([error.status, error.details.response.message], [400, "No such client."]);
  });

  for (const redirectUrl of ["javascript:alert(1)", "data:text/html,x", "/somewhere", 7, null, undefined]) {
    test(`sends the popup to ${redirectUrl}`, async () => {
      await stage.fail({
        path: "*/build-oauth",
        method: "GET",
        action: { kind: "answer", status: 200, body: { redirectUrl } },
      });
      await failed(await begin(), "invalid_response");
    });
  }

  for (const action of [
    { kind: "drop", when: "afterHeaders" },
    { kind: "truncate" },
    { kind: "drop", when: "beforeHeaders", applied: true },
  ]) {
    test(`makes an account, but the answer is lost (${action.kind} ${action.when ?? ""}): it is found, and not made twice`, async () => {
      await stage.fail({ path: "*/credentials", method: "POST", times: 1, action });
      const begun = await beginThere();
      await press(begun.popup, "Allow");
      const { value } = await begun.outcome();
      const { allCredentials } = (await stage.user()).integrations.slack;
      assert.deepEqual(
        allCredentials.map(({ id }) => id),
        [value.credentialId],
      );
      await stage.quiet();
      assert.equal((await stage.events()).length, 1);
    });
  }

  test("makes no account, and its answer is lost", async () => {
    await stage.fail({ path: "*/credentials", method: "POST", action: { kind: "drop", when: "beforeHeaders" } });
    const begun = await beginThere();
    await press(begun.popup, "Allow");
    await failed(begun, "network");
  });

  test("is out of reach for a while, during which the account is connected without us", async () => {
    const begun = await beginThere();
    await stage.fail({
      path: "*/session-id/*",
      method: "GET",
      times: 6,
      action: { kind: "drop", when: "beforeHeaders" },
    });
    await press(begun.popup, "This provider severs its opener");
    await begun.popup.getByText("cut itself off").waitFor();
    await press(begun.popup, "Allow");
    const { value, error } = await begun.outcome();
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value.credentialId, (await stage.user()).integrations.slack.credentialId);
    await stage.quiet();
    assert.equal((await stage.events()).length, 1);
  });

  test("is out of reach, and back, while the user is at the provider", { skip: lacks("offline") }, async () => {
    const begun = await beginThere();
    await stage.page.context().setOffline(true);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await stage.page.context().setOffline(false);
    await press(begun.popup, "Allow");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
  });

  test("does not accept the token any more", async () => {
    const begun = await beginThere();
    await stage.fail({
      path: "*/credentials",
      method: "POST",
      action: { kind: "answer", status: 401, body: { message: "No." } },
    });
    await press(begun.popup, "Allow");
    await failed(begun, "unauthorized");
    assert.deepEqual(await stage.evaluate(() => window.client.getUser()), { authenticated: false });
  });

  test("ends the session by what another call asks", async () => {
    const begun = await beginThere();
    await stage.fail({ path: "*/workflows/*", action: { kind: "answer", status: 401, body: {} } });
    await stage.evaluate(() => window.client.enableWorkflow("w").catch(() => {}));
    await failed(begun, "superseded");
  });

  test("says that the account is refused by the integration: the session goes on", async () => {
    const begun = await beginThere();
    const body = { message: "No such tenant.", meta: { isIntegrationError: true } };
    await stage.fail({ path: "*/credentials", method: "POST", action: { kind: "answer", status: 401, body } });
    await press(begun.popup, "Allow");
    const error = await failed(begun, "unauthorized");
    assert.deepEqual(error.details.response, body);
    assert.equal(await stage.evaluate(async () => (await window.client.getUser()).authenticated), true);
  });

  for (const body of ["[]", "null", '"text"', "{}", '{"id":7}', ""]) {
    test(`gives ${body || "nothing"} for an account`, async () => {
      await stage.fail({
        path: "*/credentials",
        method: "POST",
        action: { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body },
      });
      const begun = await beginThere();
      await press(begun.popup, "Allow");
      await failed(begun, "invalid_response");
    });
  }
});

describe("the session", () => {
  const ends = {
    "a sign-out": () => window.client.logout(),
    "another sign-in": () => window.client.authenticate(undefined, window.token),
    "a sign-in that fails": () => window.client.authenticate(undefined, "nonsense").catch(() => {}),
    "another place": () => window.client.configureGlobal({ apiUrl: "http://localhost:9" }),
  };
  for (const [name, end] of Object.entries(ends)) {
    test(`ends by ${name} while the user is at the provider`, async () => {
      const begun = await beginThere();
      await stage.evaluate(end);
      await failed(begun, "superseded");
    });
  }

  test("ends while the provider's address is asked for, and while the account is saved", async () => {
    for (const path of ["*/build-oauth", "*/credentials"]) {
      await stage.open();
      await stage.fail({ path, delayMs: 3_000, action: { kind: "pass" } });
      const begun = await begin();
      if (path === "*/credentials") {
        await press(begun.popup, "Allow");
        await begun.popup.waitForEvent("close");
      } else {
        await popupArrived();
      }
      await stage.evaluate(() => window.client.logout());
      await failed(begun, "superseded");
    }
  });

  /** Sets the page's clock forward when the provider's answer comes, by less than a user may take there. */
  const setClockForward = () =>
    stage.evaluate(() => {
      window.onmessage = ({ data }) => {
        if (data?.type !== "oauth_success_callback") return;
        window.onmessage = null;
        const { now } = Date;
        Date.now = () => now() + 300_000;
      };
    });

  test("has a token that expires while the user is at the provider", async () => {
    const { token } = await stage.sandbox.token({ userId: "noor", expiresInSeconds: 200 });
    await stage.evaluate((token) => window.client.authenticate(undefined, token), token);
    await setClockForward();
    const begun = await beginThere();
    await press(begun.popup, "Allow");
    await failed(begun, "token_expired");
  });

  test("has a token that is renewed while the user is at the provider", async () => {
    const tokens = await Promise.all(
      [200, 36_000].map((expiresInSeconds) => stage.sandbox.token({ userId: "noor", expiresInSeconds })),
    );
    await stage.evaluate(
      (tokens) => window.client.authenticate(undefined, () => tokens.shift() ?? window.token),
      tokens.map(({ token }) => token),
    );
    await setClockForward();
    const begun = await beginThere();
    await press(begun.popup, "Allow");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
  });

  test("is not there", async () => {
    await stage.evaluate(() => window.client.logout());
    const clicked = await stage.click(() => window.client.installIntegration("slack"));
    await failed(clicked, "not_authenticated", "UserNotAuthenticatedError");
  });
});

describe("the application", () => {
  test("aborts it", async () => {
    const begun = await stage.clickForPopup(() => {
      window.controller = new AbortController();
      return window.client.installIntegration("slack", { signal: window.controller.signal });
    });
    await begun.popup.getByRole("button", { name: "Allow" }).waitFor();
    await stage.evaluate(() => window.controller.abort("because"));
    await failed(begun, "aborted", "AbortError");
  });

  test("has aborted it before", async () => {
    await failed(
      await stage.click(() => window.client.installIntegration("slack", { signal: AbortSignal.abort() })),
      "aborted",
      "AbortError",
    );
    assert.deepEqual(
      (await stage.received(/oauth|credentials/)).map(({ line }) => line),
      [],
    );
  });

  test("begins another: that takes the place of the first, which says so; one account, one event", async () => {
    const first = await beginThere();
    const second = await beginThere({}, "notion");
    const { error } = await first.outcome();
    assert.equal(error.code, "superseded");
    await eventually(() => first.popup.isClosed());
    await press(second.popup, "Allow");
    assert.equal((await second.outcome()).value.integrationType, "notion");
    await noPopup();
    await stage.quiet();
    assert.deepEqual(
      (await stage.events()).map(({ integrationType }) => integrationType),
      ["notion"],
    );
    assert.equal((await stage.user()).integrations.slack.enabled, false);
  });

  test("begins another that cannot be: the first goes on", async () => {
    const first = await beginThere();
    const { error } = await (
      await stage.click(() => window.client.installIntegration("notion", { oauthTimeout: -1 }))
    ).outcome();
    assert.equal(error.code, "invalid_argument");
    await press(first.popup, "Allow");
    assert.equal((await first.outcome()).value.integrationType, "slack");
  });

  test("has two clients: each has an install of its own", async () => {
    const first = await beginThere();
    await stage.evaluate(() => {
      window.other = new window.paragon.ParagonClient(window.configuration);
      return window.other.authenticate(undefined, window.token);
    });
    const second = await stage.clickForPopup(() => window.other.installIntegration("notion"));
    await press(second.popup, "Allow");
    assert.equal((await second.outcome()).value.integrationType, "notion");
    assert.equal(await first.settled(), undefined);
    await press(first.popup, "Allow");
    assert.equal((await first.outcome()).value.integrationType, "slack");
  });

  test("cannot load the part that connects; the next click can", { skip: lacks("routes") }, async () => {
    await stage.page.route(/install\.js/, (route) => route.abort());
    const { message } = await failed(await begin(), "load_failed");
    assert.match(message, /reload the page/);
    const told = await stage.evaluate(
      () =>
        new Promise((resolve) => {
          void window.client.installFlow.start("slack", { onError: (error) => resolve(error.code) });
        }),
    );
    assert.equal(told, "load_failed");
    await stage.page.unroute(/install\.js/);
    const begun = await begin();
    await press(begun.popup, "Allow");
    assert.equal((await begun.outcome()).value.integrationType, "slack");
  });

  test("asks for an integration that there is not", async () => {
    const error = await failed(await begin({}, "slak"), "integration_not_found", "IntegrationNotFoundError");
    assert.ok(error.details.integrationTypes.includes("custom.taskbird"));
  });

  test("asks for one that is not switched on", async () => {
    const error = await failed(await begin({}, "mailchimp"), "request_failed");
    assert.equal(error.status, 409);
  });

  test("passes what cannot be: nothing is sent, and no popup stays", async () => {
    const { outcome } = await stage.click(async () => {
      const wrong = [
        ["", {}],
        [" ", {}],
        [7, {}],
        [undefined, {}],
        [null, {}],
        [{}, {}],
        ...[7, "options", true, [], Symbol("s")].map((options) => ["slack", options]),
        ...Object.entries({
          accountType: [7, "", [7], {}],
          preOptions: [7, "x", []],
          postOptions: ["x", []],
          allowMultipleCredentials: ["yes", 1],
          bypassPostOAuthPrompt: [1],
          selectedCredentialId: [7, "", {}],
          selectedConfigurationId: [7],
          externalId: [7, " "],
          overrideRedirectUrl: ["javascript:alert(1)", "", "https://", 7],
          oauthTimeout: [0, -1, NaN, Infinity, "1000", 2 ** 31],
          timeoutMs: [0, "x"],
          maxRetries: [-1, 11],
          signal: [{}, "signal"],
          popup: [{}, "window", window, { closed: false }],
          onSuccess: ["x"],
          onInstall: [{}],
          onError: [7],
        }).flatMap(([name, values]) => values.map((value) => ["slack", { [name]: value }])),
        ["slack", { externalId: "a", selectedCredentialId: "b" }],
      ];
      const outcomes = [];
      for (const [type, options] of wrong) {
        const error = await window.client.installIntegration(type, options).catch((error) => error);
        const flow = await window.client.installFlow.start(type, options).catch((error) => error);
        outcomes.push([error.code, error.details?.path, flow.code]);
      }
      return outcomes;
    });
    const { value } = await outcome();
    assert.equal(value.length > 50, true);
    assert.deepEqual(
      value.filter(([code, path, flow]) => code !== "invalid_argument" || !path || flow !== "invalid_argument"),
      [],
    );
    await noPopup();
    assert.deepEqual(
      (await stage.received(/oauth|credentials|integrations/)).map(({ line }) => line),
      [],
    );
  });
});
