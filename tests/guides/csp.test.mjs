// The guide to Content-Security-Policy: what it says is enough is enough, and what it says happens
// without a directive happens.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { site as serveSite } from "../matrix/support/site.mjs";
import { launchChromium } from "../support/browser.mjs";
import { LANTERN, people } from "../support/methods.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { PACKAGE } from "./support/example.mjs";

const guide = await readFile(new URL("../../docs/guides/csp.md", import.meta.url), "utf8");
const [POLICY] = guide.match(/(?<=^Content-Security-Policy: ).+$/m);
const [OPENER_POLICY] = guide.match(/(?<=^Cross-Origin-Opener-Policy: ).+$/m);

const CLOUD = /https:\/\/\w+\.useparagon\.com/g;

let sandbox, browser, site, known;
const start = (entry) => `import * as paragon from "/${entry}.js";
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => violations.push(effectiveDirective + " " + blockedURI));
    window.paragon = paragon;
    window.outcome = (promise) => promise.then((value) => ({ value }), ({ code, message }) => ({ code, message }));`;
const pages = {
  "/start.js": start("index"),
  "/compat-start.js": start("compat"),
  "/slim-start.js": `import { init } from "/slim.js"; import * as paragon from "/slim.js"; window.paragon = paragon;
    window.loaded = init("/paragon_wasm.wasm").then(() => "loaded", ({ code }) => code);`,
  "/api/paragon-token": "",
};
before(async () => {
  [sandbox, browser] = await Promise.all([startSandbox([], { quiet: true }), launchChromium()]);
  known = await people(sandbox);
  pages["/api/paragon-token"] = known.tokens.ada;
  site = await serveSite(PACKAGE, { pages });
});
after(async () => {
  await browser?.close();
  await site?.close();
  await sandbox?.stop();
});

/** The policy with the sandbox in place of Paragon's hosts, where all of it is one address. */
const atSandbox = (policy = POLICY) => policy.replace(CLOUD, sandbox.url);

/** Runs `work` with a page under a policy. */
async function under(policy, work, { openerPolicy = OPENER_POLICY, script = "/start.js", attributes = "" } = {}) {
  pages["/"] = {
    headers: { "content-security-policy": policy, "cross-origin-opener-policy": openerPolicy },
    body: `<!doctype html><title>Application</title><script type="module" src="${script}" ${attributes}></script><button>Connect</button>`,
  };
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(`${site.address}/`);
    await page.waitForFunction(() => window.paragon);
    await work(page, context);
  } finally {
    // A popup that nobody answered may be loading still.
    await context.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  }
}

/** Signs in at the sandbox, and asks for everything that a page asks for; gives the codes of what failed. */
const useAll = (page) =>
  page.evaluate(
    async ([apiUrl, projectId]) => {
      const { configureGlobal, authenticate, getUser, getIntegrationMetadata, request } = window.paragon;
      await configureGlobal({ apiUrl, maxRetries: 0 });
      const token = async () => (await fetch("/api/paragon-token")).text();
      const results = [await window.outcome(authenticate(projectId, token)), await window.outcome(getUser())];
      results.push(await window.outcome(request("salesforce", "/_echo")));
      const metadata = await window.outcome(getIntegrationMetadata());
      const image = document.body.appendChild(new Image());
      const shown = await new Promise((resolve) => {
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
        image.src = metadata.value?.[0].icon ?? "data:,";
      });
      return {
        codes: [...results, metadata].map(({ code }) => code).filter(Boolean),
        shown,
        violations: window.violations,
      };
    },
    [sandbox.url, LANTERN],
  );

/** Connects Notion in the popup; gives what comes of it. */
async function connect(page, context) {
  await page.evaluate(() => {
    document.querySelector("button").onclick = () =>
      (window.connected = window.outcome(window.paragon.installIntegration("notion")));
  });
  await sandbox.decide({ decision: "allow" });
  const opening = context.waitForEvent("page");
  await page.getByRole("button", { name: "Connect" }).click();
  await opening;
  return page.evaluate(() => window.connected);
}

describe("what is enough", () => {
  const works = async (page, context) => {
    await sandbox.reset();
    assert.deepEqual(await useAll(page), { codes: [], shown: true, violations: [] });
    const { value, code, message } = await connect(page, context);
    assert.equal(value?.integrationType, "notion", `${code}: ${message}`);
    assert.equal(
      await page.evaluate(() => window.outcome(window.paragon.uninstallIntegration("notion")).then(({ code }) => code)),
      undefined,
    );
    assert.deepEqual(await page.evaluate(() => window.violations), []);
  };

  test("the policy of the guide", () => under(atSandbox(), works));

  test("no opener policy at all", () => under(atSandbox(), works, { openerPolicy: "unsafe-none" }));

  test("Trusted Types", () => under(`${atSandbox()}; require-trusted-types-for 'script'`, works));

  test("a nonce and strict-dynamic", () => {
    const policy = atSandbox().replace("script-src 'self'", "script-src 'nonce-abc' 'strict-dynamic'");
    assert.notEqual(policy, atSandbox());
    return under(policy, works, { attributes: `nonce="abc"` });
  });

  test("compat, without 'wasm-unsafe-eval'", () =>
    under(atSandbox(POLICY.replace(" 'wasm-unsafe-eval'", "")), works, { script: "/compat-start.js" }));

  test("slim, with its module as a file", () =>
    under(atSandbox(), async (page) => assert.equal(await page.evaluate(() => window.loaded), "loaded"), {
      script: "/slim-start.js",
    }));
});

describe("what is missing", () => {
  /** The guide's policy without a source. */
  const without = (source) => {
    const policy = POLICY.replace(` ${source}`, "");
    assert.notEqual(policy, POLICY, `the guide's policy has no ${source}`);
    return policy;
  };

  test("'wasm-unsafe-eval'", () =>
    under(atSandbox(without("'wasm-unsafe-eval'")), async (page) => {
      const { code, message } = await page.evaluate(() => window.outcome(window.paragon.getIntegrations()));
      assert.equal(code, "load_failed");
      assert.match(message, /script-src.*'wasm-unsafe-eval'|'wasm-unsafe-eval'.*script-src/);
    }));

  test("connect-src 'self'", () => {
    const policy = atSandbox(POLICY.replace("connect-src 'self'", "connect-src"));
    return under(policy, async (page) => {
      const { codes, violations } = await useAll(page);
      assert.equal(codes[0], "token_unavailable");
      assert.ok(
        violations.some((one) => one === `connect-src ${site.address}/api/paragon-token`),
        violations.join(),
      );
    });
  });

  test("connect-src 'self', with slim", () => {
    const policy = atSandbox(POLICY.replace("connect-src 'self'", "connect-src"));
    return under(policy, async (page) => assert.equal(await page.evaluate(() => window.loaded), "load_failed"), {
      script: "/slim-start.js",
    });
  });

  test("img-src", () =>
    under(atSandbox(without("https://cdn.useparagon.com")), async (page) => {
      const { codes, shown, violations } = await useAll(page);
      assert.deepEqual([codes, shown], [[], false]);
      assert.ok(violations.every((one) => one.startsWith("img-src ")) && violations.length > 0, violations.join());
    }));

  test("an opener policy that allows popups", () =>
    under(
      atSandbox(),
      async (page, context) => {
        await sandbox.reset();
        await useAll(page);
        const { code, message } = await connect(page, context);
        assert.equal(code, "cancelled");
        assert.match(message, /Cross-Origin-Opener-Policy.*same-origin-allow-popups/);
      },
      { openerPolicy: "same-origin" },
    ));
});

describe("Paragon's hosts", () => {
  /** The calls, by the host that the guide says they need. */
  const CALLS = {
    "https://api.useparagon.com": () => [
      ["getUser"],
      ["setUserMetadata", { Plan: "pro" }],
      ["getIntegrations"],
      ["getIntegrationMetadata"],
      ["getCredentials"],
      ["event", "Contact Created", {}],
      ["workflow", known.running],
      ["disableWorkflow", known.running],
      ["enableWorkflow", known.running],
      ["getIntegrationConfig", "slack"],
      ["getIntegrationAccount", "salesforce"],
      ["updateIntegrationUserSettings", "salesforce", {}],
      ["installIntegration", "klaviyo", { preOptions: { apiKey: "pk_1" } }],
      ["getFieldOptions", { integration: "klaviyo", action: "lists" }],
      ["uninstallIntegration", "slack"],
    ],
    "https://proxy.useparagon.com": () => [["request", "salesforce", "/_echo"]],
    // Nobody is there who would agree.
    "https://zeus.useparagon.com": () => [["installIntegration", "notion", { oauthTimeout: 2_000 }]],
  };
  const UNANSWERED = "oauth_timeout";

  /** Runs `work` with a page that is signed in at Paragon itself, for which the sandbox stands in. */
  const signedIn = (policy, work) =>
    under(policy, async (page, context) => {
      await sandbox.reset();
      const met = new Set();
      await context.route(/^https:\/\/\w+\.useparagon\.com\//, async (route) => {
        const request = route.request();
        const { origin, pathname, search } = new URL(request.url());
        if (request.method() !== "OPTIONS") met.add(origin);
        await route.fulfill({ response: await route.fetch({ url: `${sandbox.url}${pathname}${search}` }) });
      });
      const failed = await page.evaluate(
        async ([projectId, token]) => {
          await window.paragon.configureGlobal({ maxRetries: 0 });
          return (await window.outcome(window.paragon.authenticate(projectId, token))).code;
        },
        [LANTERN, known.tokens.ada],
      );
      const call = (name, ...given) =>
        page.evaluate(([name, given]) => window.outcome(window.paragon[name](...given)), [name, given]);
      await work({ page, failed, call, met });
    });

  for (const [host, calls] of Object.entries(CALLS)) {
    test(`${host} is where these calls go`, () =>
      signedIn(POLICY, async ({ page, failed, call, met }) => {
        assert.equal(failed, undefined);
        for (const [name, ...given] of calls()) {
          met.clear();
          const { code, message } = await call(name, ...given);
          assert.ok(code === undefined || code === UNANSWERED, `${name}: ${code} ${message}`);
          // Who is connected, and what there is, the Users API says.
          if (code === UNANSWERED) met.delete("https://api.useparagon.com");
          assert.deepEqual([...met], [host], name);
        }
        assert.deepEqual(await page.evaluate(() => window.violations), []);
      }));

    test(`without ${host} they are refused`, () =>
      signedIn(POLICY.replace(` ${host}`, ""), async ({ page, failed, call }) => {
        const codes = [];
        for (const [name, ...given] of failed ? [] : calls()) codes.push((await call(name, ...given)).code);
        assert.deepEqual(failed ? [failed] : codes, ["network"]);
        const violations = await page.evaluate(() => window.violations);
        assert.ok(
          violations.length > 0 && violations.every((one) => one.startsWith(`connect-src ${host}`)),
          violations.join(),
        );
      }));
  }
});
