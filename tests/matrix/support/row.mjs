// One row of the matrix: an application, a sandbox, a browser, and what they must show together.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { serve } from "../../../www/serve.mjs";
import { launchChromium, openPage } from "../../support/browser.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { NotHere, newApplication } from "./application.mjs";

/** What `flow` in apps/shared gives when everything worked. */
const WORKED = {
  before: { authenticated: false },
  userId: "ada",
  slack: [true, false],
  name: "Matrix",
  events: ["slack"],
  refused: ["invalid_metadata", true, true],
};

/** What `answers` in apps/shared gives, in every runtime that sees the status of a redirect or not. */
const ANSWERED = {
  echo: ["POST", { a: 1 }],
  redirected: ["network", "The answer is a redirect, which is not followed."],
  unchanged: ["request_failed", 304],
  late: ["timeout", null],
};

/**
 * Prepares an application. Where its tools cannot be had, its tests say so and do not run.
 *
 * @param {string} name of a folder in apps/
 */
export async function row(name) {
  const closing = [];
  after(async () => {
    for (const close of closing.reverse()) {
      await close();
    }
  });
  const once = (start, stop) => {
    let running;
    return async () => {
      running ??= start().then((it) => {
        closing.push(() => stop(it));
        return it;
      });
      return running;
    };
  };
  const sandbox = once(
    () => startSandbox([], { quiet: true }),
    (it) => it.stop(),
  );
  const browser = once(launchChromium, (it) => it.close());

  let application, missing;
  try {
    application = await newApplication(name);
    closing.push(application.remove);
  } catch (failure) {
    if (!(failure instanceof NotHere)) throw failure;
    missing = failure.message;
  }

  /** The query of a page that is to sign in. */
  async function session() {
    const { url, reset, token } = await sandbox();
    await reset();
    const { projectId, token: userToken } = await token({ userId: "ada" });
    return { sandbox: url, projectId, token: userToken };
  }

  return {
    application,
    sandbox,
    browser,
    session,
    test: missing === undefined ? test : notRun(missing),

    /** That a page signs in, reads, writes and disconnects; the page shows what came of it. */
    async works(address, { open = async (url) => openPage(await browser(), url) } = {}) {
      const query = await session();
      const {
        page,
        problems,
        close = () => page.context().close(),
      } = await open(`${address}?${new URLSearchParams(query)}`);
      try {
        assert.deepEqual(await shown(page, problems), WORKED);
        assert.deepEqual(problems, []);
      } finally {
        await close();
      }
      // The page may say what it likes: this is what the server was told.
      const { integrations, meta } = await (await sandbox()).user(query);
      assert.deepEqual([meta.Name, integrations.slack.enabled], ["Matrix", false]);
    },

    WORKED,

    /** That `answers` of apps/shared gives what it should, and that no redirect was followed. */
    async answersAt(run) {
      const query = await session();
      const { url, fault, requests } = await sandbox();
      const elsewhere = { kind: "redirect", location: `${url}/elsewhere`, status: 307 };
      await fault(
        { path: "*/sdk/credentials", action: elsewhere },
        { path: "*/sdk/integrations", action: { kind: "answer", status: 304 } },
        { path: "*/events/trigger", action: { kind: "hang" } },
      );
      assert.deepEqual(await run(String(new URLSearchParams(query))), ANSWERED);
      const sent = (await requests()).requests.filter(({ method }) => method !== "OPTIONS");
      assert.deepEqual(
        sent.map(({ method, path }) => `${method} ${path.replace(/^.*\/sdk/, "")}`),
        ["GET /me", "POST /proxy/slack/_echo", "GET /credentials", "GET /integrations", "POST /events/trigger"],
      );
    },

    /** That a page which shows the user's name in a `pre` shows the present one each time. */
    async isRenderedAnew(address) {
      const query = await session();
      const names = ["First", "Second"];
      const shown = [];
      for (const name of names) {
        await fetch(`${query.sandbox}/projects/${query.projectId}/sdk/me`, {
          method: "PATCH",
          headers: { authorization: `Bearer ${query.token}`, "content-type": "application/json" },
          body: JSON.stringify({ meta: { Name: name } }),
        });
        const text = await (await fetch(`${address}?${new URLSearchParams(query)}`)).text();
        shown.push(text.match(/<pre>(.*?)<\/pre>/)?.[1] ?? text);
      }
      assert.deepEqual(shown, names);
    },

    /** What a server answers that runs the flow itself. */
    async flowAt(address) {
      const response = await fetch(`${address}?${new URLSearchParams(await session())}`);
      const text = await response.text();
      assert.equal(response.status, 200, text);
      return JSON.parse(text);
    },

    /** The same, for a folder that a bundler wrote. */
    async worksBuilt(folder, path = "/") {
      const server = await serve({ "/": folder });
      try {
        await this.works(`${server.address}${path}`);
      } finally {
        await server.close();
      }
    },
  };
}

/** A `test` that says why it is not run. */
const notRun = (why) => (title, work) => test(title, { skip: `not run: ${why}` }, work);

/** What the page's `<output>` says: JSON, or why there is none. */
export async function shown(page, problems) {
  const output = page.locator("output:not(:empty)");
  await output.waitFor({ timeout: 60_000 }).catch(() => {
    assert.fail(`the page shows no outcome: ${problems.join("\n")}`);
  });
  const text = await output.textContent();
  try {
    return JSON.parse(text);
  } catch {
    return assert.fail(`${text}\n${problems.join("\n")}`);
  }
}
