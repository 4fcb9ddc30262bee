// Answers and arguments that are nested deeply, in Chromium and in Node: the module's stack is small.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { useSignedInPage } from "./support/methods.mjs";

/** Levels of the answers. */
const ANSWER = 1_000;
/** Levels of what is sent, at most. */
const MOST = 200;

/** Runs in the page, and in Node: calls that are answered with and given deep values. */
async function callDeep({ paragon, token, user, ANSWER, MOST }) {
  const nested = (levels, isObject = true) => {
    if (levels === 0) return 1;
    const inner = nested(levels - 1, !isObject);
    return isObject ? { n: inner } : [inner];
  };
  const depthOf = (value) => {
    let levels = 0;
    const isObject = (value) => typeof value === "object" && value !== null;
    for (; isObject(value); levels += 1) value = Object.values(value).find(isObject);
    return levels;
  };
  const answer = nested(ANSWER);
  const answers = {
    "GET me": { ...user, meta: answer },
    "PATCH me": { ...user, meta: answer },
    "GET credentials": [answer],
    "GET integrations": [{ deep: answer }],
  };
  const sent = [];
  let status = 200;
  const fetch = async (url, { method, body }) => {
    const path = url.split("/sdk/")[1];
    if (body) sent.push(depthOf(JSON.parse(body)));
    const value =
      answers[`${method} ${path}`] ?? (path.startsWith("proxy/") && method === "GET" ? { output: answer } : answer);
    return new Response(JSON.stringify(status === 200 ? value : { message: "no", deep: answer }), {
      status,
      headers: { "content-type": "application/json" },
    });
  };
  const client = new paragon.ParagonClient({
    projectId: "p",
    apiUrl: "https://paragon.example.com",
    fetch,
    maxRetries: 0,
  });
  const refused = (promise) =>
    promise.then(
      () => "ok",
      ({ code, details }) => [code, details.path?.length],
    );

  const depths = {};
  await client.authenticate(undefined, token);
  const again = client.getUser();
  depths.getUser = depthOf((await again).meta);
  depths.getCredentials = depthOf((await client.getCredentials())[0]);
  depths.getIntegrations = depthOf((await client.getIntegrations())[0]) - 1;
  const proxied = await client.request("slack", "x");
  depths.request = depthOf(proxied.output ?? proxied);
  depths.setUserMetadata = depthOf((await client.setUserMetadata(nested(MOST - 1))).meta);
  depths.workflow = depthOf(await client.workflow("w", { body: nested(MOST - 1) }));
  await client.event("x", nested(MOST - 1));
  await client.request("slack", "x", { method: "POST", body: nested(MOST - 1) });
  await client.authenticate(undefined, token, { metadata: nested(MOST - 1) });
  const tooDeep = {
    setUserMetadata: await refused(client.setUserMetadata(nested(MOST + 1))),
    event: await refused(client.event("x", nested(MOST + 1))),
    farTooDeep: await refused(client.setUserMetadata(nested(5_000))),
    workflow: await refused(client.workflow("w", { body: nested(MOST + 1) })),
    request: await refused(client.request("slack", "x", { method: "POST", body: nested(MOST + 1) })),
  };
  status = 400;
  const error = await client.getCredentials().catch((error) => error);
  return { depths, sent, tooDeep, error: [error.code, depthOf(error.details.response.deep)] };
}

const wanted = () => {
  const path = (start) => {
    let length = start.length;
    // `.n` and `[0]` in turn.
    for (let level = 0; level < MOST; level += 1) length += level % 2 ? 3 : 2;
    return length;
  };
  return {
    depths: {
      getUser: ANSWER,
      getCredentials: ANSWER,
      getIntegrations: ANSWER,
      request: ANSWER,
      setUserMetadata: ANSWER,
      workflow: ANSWER,
    },
    // Metadata and an event's payload are members of what is sent.
    sent: [MOST, MOST - 1, MOST, MOST - 1, MOST],
    tooDeep: {
      setUserMetadata: ["invalid_metadata", path("metadata")],
      event: ["invalid_argument", path("payload")],
      farTooDeep: ["invalid_metadata", path("metadata")],
      workflow: ["invalid_argument", path("body")],
      request: ["invalid_argument", path("body")],
    },
    error: ["request_failed", ANSWER],
  };
};

describe("deep answers and arguments", () => {
  const stage = useSignedInPage();

  test("in Chromium", async () => {
    const setup = { ANSWER, MOST, user: stage.known.answers.user };
    const outcome = await stage.evaluate(
      `(${callDeep})({ paragon: window.paragon, token: window.setup.tokens.ada, ...${JSON.stringify(setup)} })`,
    );
    assert.deepEqual(outcome, wanted());
  });

  for (const entry of ["index.js", "compat.js"]) {
    test(`in Node, with ${entry}`, async () => {
      const paragon = await import(new URL(`../pkg/${entry}`, import.meta.url));
      const outcome = await callDeep({
        paragon,
        token: stage.known.tokens.ada,
        user: stage.known.answers.user,
        ANSWER,
        MOST,
      });
      assert.deepEqual(outcome, wanted());
    });
  }
});
