// Anybody can send a page messages. One counts only if it is from the popup that this install has
// opened, and from Paragon's own origin; all others change nothing, and make no noise.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { frameAt, lacks } from "./support/browser.mjs";
import { eventually, useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();

/** Another server: nobody whom the application knows. */
let hostile;
before(async () => {
  const server = createServer((_, response) => {
    const script = `const to = new URLSearchParams(location.search).get("to"); if (to) location.replace(to + location.search);`;
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(`<!doctype html><title>Another</title><script>${script}</script>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  hostile = { server, url: `http://127.0.0.1:${server.address().port}/` };
});
after(() => hostile.server.close());

/** Runs where the forger is: sends `window.target` everything that could be taken for something. */
function forge({ integrationId, code, target }) {
  const to = { parent: window.parent, opener: window.opener, self: window }[target];
  const success = (payload, id = integrationId) => ({
    type: "oauth_success_callback",
    credential: { integrationId: id, payload },
  });
  const circular = { type: "oauth_success_callback" };
  circular.credential = circular;
  const messages = [
    success({ code }),
    success({ code: "another" }),
    success({}),
    success({ code }, "another integration"),
    success("payload"),
    success(null),
    success([code]),
    { type: "oauth_success_callback" },
    { type: "oauth_success_callback", credential: null },
    { type: "oauth_success_callback", credential: code },
    circular,
    { type: "oauth_error_callback", error: "Forged.", integrationId, errorResponse: { message: "Forged." } },
    { type: "oauth_error_callback" },
    { type: "oauth-nonce-loaded" },
    { type: ["oauth_success_callback"], credential: { integrationId, payload: { code } } },
    { type: { toString: undefined } },
    JSON.stringify(success({ code })),
    "oauth_success_callback",
    "",
    null,
    undefined,
    0,
    NaN,
    true,
    7n,
    [],
    [success({ code })],
    new Map([["type", "oauth_success_callback"]]),
    new Set(["oauth_success_callback"]),
    new Date(0),
    new Error("oauth_success_callback"),
    new Blob(["oauth_success_callback"]),
    new Uint8Array(4),
    /oauth_success_callback/,
    {
      messageType: "SDK_FUNCTION_INVOCATION",
      type: "_oauthCallback",
      parameters: [{ integrationId, payload: { code } }],
      id: "1",
    },
    Object.assign(Object.create(null), success({ code })),
  ];
  for (const message of messages) to.postMessage(message, "*");
  return messages.length;
}

/** A frame in the page at `url`. */
async function frame(url) {
  await stage.evaluate((url) => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.src = url;
    return new Promise((resolve) => (frame.onload = resolve));
  }, url);
  return frameAt(stage.page, url);
}

const begin = () => stage.clickForPopup(() => window.client.installIntegration("slack"));
const integrationId = () =>
  stage.evaluate(async () => (await window.client.getIntegrations()).find(({ type }) => type === "slack").id);

/** Messages are told one after the other: what was sent before this has been told. */
const delivered = () =>
  stage.evaluate(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => setTimeout(resolve, 100);
        port2.postMessage("");
      }),
  );

/** Nothing has come of it, and nothing was said. */
async function unmoved({ settled }) {
  await delivered();
  assert.equal(await settled(), undefined);
  assert.deepEqual(await stage.events(), []);
  assert.deepEqual(
    (await stage.received(/credentials/)).map(({ line }) => line),
    [],
  );
  assert.deepEqual([problems(), stage.uncaught], [[], []]);
}

test("forgeries of every kind, from everybody, while the user is at the provider", async () => {
  const id = await integrationId();
  const begun = await begin();
  const allow = begun.popup.getByRole("button", { name: "Allow" });
  await allow.waitFor();
  const forgers = {
    "the page itself": [stage.page, "self"],
    "a frame of the application's own origin": [
      await frame(`${stage.site.address}/paragon-wasm/package.json`),
      "parent",
    ],
    "a frame of a stranger": [await frame(hostile.url), "parent"],
    "a frame of Paragon's own origin": [await frame(`${stage.sandbox.url}/_sandbox/openapi.json`), "parent"],
    "the popup, at the provider": [begun.popup, "opener"],
    "another popup, of a stranger": [await popupAt(hostile.url), "opener"],
    "another popup, of Paragon's own origin": [await popupAt(`${stage.sandbox.url}/_sandbox/openapi.json`), "opener"],
  };
  let sent = 0;
  for (const [who, [forger, target]] of Object.entries(forgers)) {
    assert.ok(forger, who);
    sent += await forger.evaluate(forge, { integrationId: id, code: "forged", target });
    await unmoved(begun);
  }
  assert.ok(sent >= 7 * 20, `${sent} forgeries`);

  await allow.click();
  assert.equal((await begun.outcome()).value.integrationType, "slack");
  await stage.quiet();
  assert.equal((await stage.events()).length, 1);
  assert.equal((await stage.received(/credentials$/)).length, 1);
});

/** What appeared on the console, but for icons that nobody has. */
const problems = () => stage.problems.filter((problem) => !problem.includes("favicon.ico"));

/** Another window, that the application has opened. */
async function popupAt(url) {
  const { popup } = await stage.clickForPopup(async (url) => void window.open(url), url);
  await popup.waitForURL(url);
  return popup;
}

test("from the popup and Paragon's origin, but not what is waited for", async () => {
  const id = await integrationId();
  // The popup stays at Paragon's first page.
  await stage.fail({ path: "*/build-oauth", method: "GET", delayMs: 4_000, action: { kind: "pass" } });
  const begun = await begin();
  await begun.popup.waitForURL(/oauth-nonce/);
  await begun.popup.getByText("One moment").waitFor();
  await begun.popup.evaluate(forge, { integrationId: id, code: "early", target: "opener" });
  await unmoved(begun);
  await begun.popup.getByRole("button", { name: "Allow" }).click();
  assert.equal((await begun.outcome()).value.integrationType, "slack");
});

test("that Paragon's page is there is not believed of others", async () => {
  await stage.fail({ path: "*/oauth-nonce", method: "GET", delayMs: 2_500, action: { kind: "pass" } });
  const begun = await begin();
  await eventually(async () => (await stage.received(/build-oauth/)).length);
  const forger = await frame(hostile.url);
  await forger.evaluate(forge, { integrationId: "x", code: "x", target: "parent" });
  await stage.evaluate(forge, { integrationId: "x", code: "x", target: "self" });
  await unmoved(begun);
  // The browser would refuse the provider's answer, had the first page been left out.
  assert.equal(begun.popup.url(), "about:blank");
  await begun.popup.getByRole("button", { name: "Allow" }).click();
  assert.equal((await begun.outcome()).value.integrationType, "slack");
});

const ROUTES = { skip: lacks("routes") };

/** Begins an install that comes to a callback page of Paragon's as it might be, which runs `script`. */
async function beginWith(script) {
  const id = await integrationId();
  let shown = 0;
  await stage.page.context().route(`${stage.sandbox.url}/oauth?*`, (route) => {
    shown += 1;
    const code = new URL(route.request().url()).searchParams.get("code");
    const given = `const integrationId = ${JSON.stringify(id)}, code = ${JSON.stringify(code)};`;
    return route.fulfill({ contentType: "text/html", body: `<!doctype html><script>${given}${script}</script>` });
  });
  await stage.sandbox.decide({ decision: "allow" });
  // What a redirect leads to cannot be replaced; where a page leads to can.
  const overrideRedirectUrl = `${hostile.url}?to=${encodeURIComponent(`${stage.sandbox.url}/oauth`)}`;
  const begun = await stage.clickForPopup((options) => window.client.installIntegration("slack", options), {
    overrideRedirectUrl,
  });
  return { ...begun, shown: () => shown };
}

test("from Paragon's callback page: what is no success is passed over, a success counts once", ROUTES, async () => {
  const { outcome, shown } = await beginWith(`
    const odd = [null, "text", 7, [], {}, { type: 7 }, { type: "oauth_success_callback" }, { type: "oauth-nonce-loaded" }];
    const wrong = [undefined, null, "x", {}, { integrationId }, { integrationId, payload: "x" }, { integrationId: "other", payload: { code } }];
    const success = (credential) => ({ type: "oauth_success_callback", credential });
    for (const message of [...odd, ...wrong.map(success)]) opener.postMessage(message, "*");
    for (let times = 0; times < 5; times += 1) opener.postMessage(success({ integrationId, payload: { code } }), "*");
    opener.postMessage({ type: "oauth_error_callback", error: "Too late." }, "*");`);
  const { value, error } = await outcome();
  assert.equal(error, undefined, JSON.stringify(error));
  assert.equal(value.integrationType, "slack");
  assert.equal(shown(), 1);
  await stage.quiet();
  assert.equal((await stage.events()).length, 1);
  assert.equal((await stage.received(/credentials$/)).length, 1);
  assert.deepEqual([problems(), stage.uncaught], [[], []]);
});

test("from Paragon's callback page: a failure with any reason, or none", ROUTES, async () => {
  const messages = {
    "{}": undefined,
    "{ error: 7 }": 7,
    "{ error: '' }": "",
    "{ error: null, errorResponse: null }": null,
    "{ error: { a: 1 }, errorResponse: [2] }": [2],
    "{ error: 'In words.', errorResponse: { message: 'In others.' } }": { message: "In others." },
  };
  for (const [message, response] of Object.entries(messages)) {
    await stage.open();
    const { outcome } = await beginWith(`opener.postMessage({ type: "oauth_error_callback", ...${message} }, "*");`);
    const { error, value } = await outcome();
    assert.equal(error?.code, "oauth_denied", `${message}: ${JSON.stringify(error ?? value)}`);
    assert.match(error.message, /^The provider did not give access(\.|: "In words\.")$/);
    assert.deepEqual(error.details?.response, response);
  }
});
