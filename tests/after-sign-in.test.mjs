// What sign-in has read of the user and is not asked for again, in a real browser.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { LANTERN, useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate } = stage;

describe("the user, asked for right after sign-in", () => {
  const asked = (between) =>
    evaluate(async (between) => {
      const client = await window.connect(window.setup.tokens.ada);
      window.sent.length = 0;
      if (between === "a turn") await new Promise((resolve) => setTimeout(resolve, 10));
      if (between === "metadata") await client.authenticate(undefined, window.setup.tokens.ada, { metadata: { Plan: "pro" } });
      if (between === "a change") await client.event("x", {});
      if (between === "another sign-in") await client.authenticate(undefined, window.setup.tokens.grace);
      const users = [await client.getUser(), await client.getUser()];
      return [users.map(({ userId }) => userId), users[0] === users[1], window.sent.map(({ line }) => line.split("/sdk/")[1])];
    }, between);

  test("is who sign-in was told of, once", async () => {
    assert.deepEqual(await asked(), [["ada", "ada"], false, ["me"]]);
  });

  test("is asked for later, after a change, and never another one", async () => {
    assert.deepEqual(await asked("a turn"), [["ada", "ada"], false, ["me", "me"]]);
    assert.deepEqual(await asked("metadata"), [["ada", "ada"], false, ["me", "me", "me"]]);
    assert.deepEqual(await asked("a change"), [["ada", "ada"], false, ["events/trigger", "me", "me"]]);
    assert.deepEqual(await asked("another sign-in"), [["grace", "grace"], false, ["me", "me"]]);
  });

  test("is asked for after a sign-in that failed", async () => {
    await stage.fail({ path: "*/sdk/me", times: 1, action: { kind: "answer", status: 401 } });
    const [code, user, sent] = await evaluate(async () => {
      const { code } = await window.refused(window.connect(window.setup.tokens.ada));
      window.sent.length = 0;
      const client = await window.connect(window.setup.tokens.grace);
      return [code, (await client.getUser()).userId, window.sent.length];
    });
    assert.deepEqual([code, user, sent], ["unauthorized", "grace", 1]);
  });
});

describe("an account that sign-in told of", () => {
  /** What disconnecting `slack` twice comes to, and what it sends; `signIn` gives the client that does it. */
  const disconnected = async (signIn, argument) => {
    const [codes, events, sent] = await evaluate(
      async ([signIn, argument]) => {
        const client = await (0, eval)(signIn)(argument);
        const events = [];
        client.subscribe("onIntegrationUninstall", ({ integrationType }) => events.push(integrationType));
        window.sent.length = 0;
        const codes = [];
        for (let turn = 0; turn < 2; turn += 1) codes.push((await window.refused(client.uninstallIntegration("slack"))).code);
        return [codes, events, window.sent.map(({ line }) => line)];
      },
      [String(signIn), argument],
    );
    const prefix = ` /projects/${LANTERN}/sdk/`;
    return { codes, events, sent: sent.map((line) => line.replace(prefix, " ").replace(stage.known.slack, "slack")) };
  };
  const LOOKED_UP = ["GET integrations", "DELETE integrations/slack"];
  const NOT_THERE = ["GET integrations", "GET me"];

  test("is disconnected without a look at the list, once", async () => {
    assert.deepEqual(await disconnected(() => window.connect(window.setup.tokens.ada)), {
      codes: ["resolved", "integration_not_installed"],
      events: ["slack"],
      sent: ["DELETE integrations/slack", ...NOT_THERE],
    });
    await stage.sandbox.reset();
    const { sent } = await disconnected(async () => {
      const { apiUrl, projectId, tokens } = window.setup;
      const client = new window.paragon.ParagonClient({ apiUrl, projectId });
      await client.authenticate(undefined, tokens.ada, { metadata: { Plan: "pro" } });
      return client;
    });
    assert.deepEqual(sent, ["DELETE integrations/slack", ...NOT_THERE], "after a sign-in with metadata");
  });

  test("may have been disconnected elsewhere, which the server's list then tells", async () => {
    const result = await disconnected(async () => {
      const { connect, setup } = window;
      const [client, other] = await Promise.all([connect(setup.tokens.ada), connect(setup.tokens.ada)]);
      await other.uninstallIntegration("slack");
      return client;
    });
    assert.deepEqual(result, {
      codes: ["integration_not_installed", "integration_not_installed"],
      events: [],
      sent: ["DELETE integrations/slack", ...NOT_THERE, ...NOT_THERE],
    });
  });

  test("is none where sign-in told of none a moment ago, and is asked for after a change", async () => {
    const signIn = async (change) => {
      const client = await window.connect(window.setup.tokens.noor);
      if (change) await client.event("x", {});
      return client;
    };
    const codes = ["integration_not_installed", "integration_not_installed"];
    assert.deepEqual(await disconnected(signIn), { codes, events: [], sent: ["GET integrations", "GET integrations"] });
    assert.deepEqual(await disconnected(signIn, true), { codes, events: [], sent: [...NOT_THERE, ...NOT_THERE] });
    const sent = await evaluate(async () => {
      const client = await window.connect(window.setup.tokens.noor);
      window.sent.length = 0;
      const { now } = performance;
      performance.now = () => now.call(performance) + 60_000;
      await window.refused(client.uninstallIntegration("slack"));
      performance.now = now;
      return window.sent.length;
    });
    assert.equal(sent, 2, "a minute later");
  });

  test("is not taken for another user's", async () => {
    const { codes, sent } = await disconnected(async () => {
      const client = await window.connect(window.setup.tokens.ada);
      await client.authenticate(undefined, window.setup.tokens.noor);
      return client;
    });
    assert.deepEqual([codes[0], sent[0]], ["integration_not_installed", "GET integrations"]);
  });

  test("that no id can be read of is looked up", async () => {
    const accounts = [undefined, null, "no list", {}, [], [null], [{}], [{ integrationId: 5 }], [{ integrationId: "../me" }], [{ integrationId: "" }]];
    for (const allCredentials of accounts) {
      await stage.sandbox.reset();
      const body = { userId: "ada", integrations: { slack: { enabled: true, allCredentials } } };
      await stage.fail({ path: "*/sdk/me", times: 1, action: { kind: "answer", status: 200, body } });
      const { codes, sent } = await disconnected(() => window.connect(window.setup.tokens.ada));
      assert.deepEqual([codes[0], sent.slice(0, 2)], ["resolved", LOOKED_UP], JSON.stringify(allCredentials));
    }
  });
});
