// Sessions in a real browser: who is signed in, how their token is renewed, what subscribers and the
// console are notified of, and how clients are made.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { LANTERN, useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate } = stage;

describe("events", () => {
  test("come once for each change, with what changed", async () => {
    const [events, ids] = await evaluate(async (id) => {
      const { client, paragon } = window;
      const events = [];
      for (const name of Object.values(paragon.SDK_EVENT))
        client.subscribe(name, (event) => events.push([name, event]));
      const { id: slack } = (await client.getIntegrations()).find(({ type }) => type === "slack");
      const { id: account } = (await client.getCredentials()).find(({ integrationId }) => integrationId === slack);
      await client.enableWorkflow(id);
      await client.disableWorkflow(id);
      await client.uninstallIntegration("slack", { selectedCredentialId: account });
      // Nothing changes here.
      await Promise.allSettled([
        client.enableWorkflow("unknown"),
        client.uninstallIntegration("slack"),
        client.getUser(),
        client.event("x", {}),
      ]);
      return [events, { slack, account }];
    }, stage.known.stopped);
    const workflowId = stage.known.stopped;
    assert.deepEqual(events, [
      ["onWorkflowChange", { workflowId, workflowStateChange: { enabled: true } }],
      ["onWorkflowChange", { workflowId, workflowStateChange: { enabled: false } }],
      ["onIntegrationUninstall", { integrationId: ids.slack, integrationType: "slack", credentialId: ids.account }],
    ]);
  });

  test("reach every listener, whatever another one throws", async () => {
    const [calls, reported] = await evaluate(async (id) => {
      const { client } = window;
      const [calls, reported] = [[], []];
      console.error = (...words) => reported.push(String(words.at(-1)));
      const listeners = [
        () => calls.push(1),
        () => {
          throw new Error("mine");
        },
        () => {
          throw undefined;
        },
        () => calls.push(2),
      ];
      for (const listener of listeners) client.subscribe("onWorkflowChange", listener);
      client.subscribe("onWorkflowChange", listeners[0]); // The same one again is no second one.
      await client.enableWorkflow(id);
      return [calls, reported];
    }, stage.known.stopped);
    assert.deepEqual(
      [calls, reported],
      [
        [1, 2],
        ["Error: mine", "undefined"],
      ],
    );
  });

  test("end when they are unsubscribed, also inside a listener", async () => {
    const calls = await evaluate(async (id) => {
      const { client } = window;
      const calls = [];
      const twice = (event) => calls.push(["twice", event.workflowStateChange.enabled]);
      const stop = client.subscribe("onWorkflowChange", () => calls.push(["once", stop(), stop()]));
      client.subscribe("onWorkflowChange", twice);
      await client.enableWorkflow(id);
      await client.disableWorkflow(id);
      calls.push(client.unsubscribe("onWorkflowChange", twice), client.unsubscribe("onWorkflowChange", twice));
      calls.push(client.unsubscribe("noSuchEvent", twice));
      await client.enableWorkflow(id);
      return calls;
    }, stage.known.stopped);
    assert.deepEqual(calls, [["once", true, false], ["twice", true], ["twice", false], true, false, false]);
  });

  test("of unknown names, and listeners that are no functions, are refused at once", async () => {
    const codes = await evaluate(() => {
      const code = (...args) => {
        try {
          window.client.subscribe(...args);
          return "subscribed";
        } catch (error) {
          return error.code ?? String(error);
        }
      };
      const names = ["noSuchEvent", "", undefined, null, 7, "__proto__", {}, Symbol("name"), Object.create(null)];
      return [...names.map((name) => code(name, () => {})), code("onWorkflowChange"), code("onWorkflowChange", {})];
    });
    assert.deepEqual(codes, Array(11).fill("invalid_argument"));
  });

  test("tell of sessions: signed in, out, and expired", async () => {
    await stage.fail({ method: "GET", path: "*/sdk/credentials", action: { kind: "answer", status: 401 } });
    const events = await evaluate(async () => {
      const { apiUrl, projectId, tokens } = window.setup;
      const client = new window.paragon.ParagonClient({ apiUrl, projectId });
      const events = [];
      client.subscribe("onSessionChange", ({ state, userId }) => events.push(`${state} ${userId}`));
      await client.logout();
      await client.authenticate(undefined, tokens.ada);
      await client.authenticate(undefined, tokens.grace);
      await client.authenticate(undefined, "junk").catch(() => events.push("refused"));
      await client.authenticate(undefined, tokens.ada);
      await client.logout();
      await client.logout();
      await client.authenticate(undefined, tokens.grace);
      await Promise.allSettled([client.getCredentials(), client.getCredentials()]);
      return [...events, (await client.getUser()).authenticated];
    });
    assert.deepEqual(events, [
      "signedIn ada",
      "signedOut ada",
      "signedIn grace",
      "signedOut grace",
      "refused",
      "signedIn ada",
      "signedOut ada",
      "signedIn grace",
      "expired grace",
      false,
    ]);
  });
});

test("two clients side by side never meet", async () => {
  const seen = await evaluate(async () => {
    const { client, grace, setup, paragon } = window;
    const rounds = await Promise.all(
      Array.from({ length: 20 }, async (_, round) => {
        const users = await Promise.all([
          client.setUserMetadata({ [`a${round}`]: 1 }),
          grace.getUser(),
          client.getUser(),
          grace.setUserMetadata({ [`g${round}`]: 1 }),
        ]);
        return users.map(({ userId }) => userId).join();
      }),
    );
    const keys = async (client) =>
      Object.keys((await client.getUser()).meta)
        .filter((key) => /^[ag]\d/.test(key))
        .map((key) => key[0]);
    const met = [...new Set(await keys(client))].join() + [...new Set(await keys(grace))].join();
    const none = await paragon.getUser();
    await client.logout();
    const left = [(await client.getUser()).authenticated, (await grace.getUser()).userId];
    await grace.authenticate(setup.projectId, setup.tokens.ada);
    return { rounds: [...new Set(rounds)], met, none, left, then: (await grace.getUser()).userId };
  });
  assert.deepEqual(seen, {
    rounds: ["ada,grace,ada,grace"],
    met: "ag",
    none: { authenticated: false },
    left: [false, "grace"],
    then: "ada",
  });
});

describe("a token that a function gives", () => {
  test("may come at once or later", async () => {
    const users = await evaluate(async () => {
      const { ada, grace } = window.setup.tokens;
      const thenable = { then: (resolve) => resolve(ada) };
      const clients = await Promise.all(
        [() => ada, async () => grace, () => thenable].map((provider) => window.connect(provider)),
      );
      return Promise.all(clients.map(async (client) => (await client.getUser()).userId));
    });
    assert.deepEqual(users, ["ada", "grace", "ada"]);
  });

  test("that it does not give is an error with the reason, and no user is signed in", async () => {
    const outcomes = await evaluate(async () => {
      const mine = new RangeError("mine");
      const providers = [
        () => {
          throw mine;
        },
        () => {
          throw undefined;
        },
        () => Promise.reject(mine),
        () => Promise.reject("text"),
        () => ({
          then() {
            throw mine;
          },
        }),
        () => 7,
        () => undefined,
        () => null,
        () => ({}),
        () => "junk",
        () => "",
        () => "Bearer a.b.c",
      ];
      return Promise.all(
        providers.map(async (provider) => {
          const { apiUrl, projectId } = window.setup;
          const client = new window.paragon.ParagonClient({ apiUrl, projectId });
          const error = await client.authenticate(undefined, provider).catch((error) => error);
          const { authenticated } = await client.getUser();
          return [error.code, error.cause === mine ? "mine" : (error.cause?.code ?? error.cause), authenticated];
        }),
      );
    });
    const unavailable = (cause) => ["token_unavailable", cause, false];
    const junk = ["invalid_token", undefined, false];
    const causes = ["mine", undefined, "mine", "text", "mine", ...Array(4).fill("invalid_argument")];
    assert.deepEqual(outcomes, [...causes.map(unavailable), junk, junk, junk]);
    assert.deepEqual(await evaluate(() => window.sent), []);
  });

  test("that it never gives is a time-out, at sign-in and when it is renewed", async () => {
    const { token } = await stage.sandbox.token({ issuedAt: seconds(-3600), expiresInSeconds: 50 });
    const codes = await evaluate(async (stale) => {
      const never = new Promise(() => {});
      const options = { timeoutMs: 300 };
      const signIn = await window.connect(() => never, options).catch(({ code }) => code);
      const given = [stale];
      // The token is good but about to expire: the call after the sign-in renews it, in vain.
      const client = await window.connect(() => given.pop() ?? never, options);
      const renewal = await client.getCredentials().catch(({ code }) => code);
      return [signIn, renewal];
    }, token);
    assert.deepEqual(codes, ["timeout", "timeout"]);
  });

  test("that waits for a call of its own client is told so at once", async () => {
    const [stale, fresh] = await Promise.all([
      stage.sandbox.token({ issuedAt: seconds(-3600), expiresInSeconds: 50 }),
      stage.sandbox.token({ expiresInSeconds: 3600 }),
    ]);
    const outcome = await evaluate(
      async ([stale, fresh]) => {
        let refused;
        const given = [stale];
        const options = { timeoutMs: 600_000 };
        const client = await window.connect(async () => {
          if (given.length > 0) return given.pop();
          refused = await client.getUser().catch((error) => error);
          throw refused;
        }, options);
        // The token is good for some seconds: that is what goes out.
        const good = (await client.getUser()).userId;
        const { now } = Date;
        Date.now = () => now() + 60_000;
        const late = await client.getUser().catch((error) => error);
        // Other clients are asked by the function as usual.
        const other = await window.connect(fresh);
        const through = await window.connect(async () => ((await other.getUser()).userId === "ada" ? fresh : ""));
        return [good, refused.code, late.code, late.cause === refused, (await through.getUser()).userId];
      },
      [stale.token, fresh.token],
    );
    assert.deepEqual(outcome, ["ada", "token_unavailable", "token_unavailable", true, "ada"]);
  });

  test("that it does not give in time is not blamed on Paragon", async () => {
    const message = await evaluate(async () => {
      const never = new Promise(() => {});
      const { message } = await window.connect(() => never, { timeoutMs: 200 }).catch((error) => error);
      return message;
    });
    assert.equal(message, "The function that gives user tokens did not answer within 200 ms.");
  });

  test("may have white space around it, as a string may", async () => {
    const users = await evaluate(async () => {
      const { ada, grace } = window.setup.tokens;
      const clients = await Promise.all(
        [`${ada}\n`, ` ${grace} `, () => `${ada}\r\n`].map((token) => window.connect(token)),
      );
      return Promise.all(clients.map(async (client) => (await client.getUser()).userId));
    });
    assert.deepEqual(users, ["ada", "grace", "ada"]);
  });

  test("is asked for once in its life where it does not say when it was made", async () => {
    const { token } = await stage.sandbox.token({ expiresInSeconds: 50 });
    const given = await evaluate(async (token) => {
      const decode = (part) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
      const [header, payload, signature] = token.split(".");
      const { iat, ...claims } = decode(payload);
      const bare = [header, btoa(JSON.stringify(claims)).replaceAll("=", ""), signature].join(".");
      window.fetch = async () => new Response(JSON.stringify({ authenticated: true, userId: "ada" }));
      let given = 0;
      const client = await window.connect(() => {
        given += 1;
        return bare;
      });
      for (let time = 0; time < 5; time += 1) await client.getUser();
      return [typeof iat, given];
    }, token);
    assert.deepEqual(given, ["number", 1]);
  });

  test("is renewed shortly before it expires, once for all calls that wait", async () => {
    const [stale, fresh] = await Promise.all([
      stage.sandbox.token({ issuedAt: seconds(-3600), expiresInSeconds: 50 }),
      stage.sandbox.token({ expiresInSeconds: 3600 }),
    ]);
    const given = await evaluate(
      async ({ stale, fresh }) => {
        let given = 0;
        let next = stale;
        const client = await window.connect(() => {
          given += 1;
          // The first renewal fails: a token that is still good is used while it lasts.
          if (given === 2) throw new Error("not now");
          return next;
        });
        const counts = [given];
        next = fresh;
        const calls = [
          client.getUser(),
          client.getCredentials(),
          client.getIntegrations(),
          client.setUserMetadata({ a: 1 }),
        ];
        await Promise.all(calls);
        counts.push(given);
        await client.getCredentials();
        return [...counts, given];
      },
      { stale: stale.token, fresh: fresh.token },
    );
    assert.deepEqual(given, [1, 2, 3]);
  });

  test("that has expired is renewed; a string that has is refused before it is sent", async () => {
    const [short, long] = await Promise.all(
      [600, 36_000].map((expiresInSeconds) => stage.sandbox.token({ expiresInSeconds })),
    );
    const [code, sent, given] = await evaluate(
      async ([short, long]) => {
        let given = 0;
        const renewing = await window.connect(() => ((given += 1) === 1 ? short : long));
        const fixed = await window.connect(short);
        const now = Date.now;
        Date.now = () => now() + 3_600_000; // An hour passes.
        window.sent.length = 0;
        const { code } = await window.refused(fixed.getCredentials());
        const sent = window.sent.length;
        await renewing.getCredentials();
        return [code, sent, given];
      },
      [short.token, long.token],
    );
    assert.deepEqual([code, sent, given], ["token_expired", 0, 2]);
  });

  test("is judged by the server's clock, which each session learns", async () => {
    const { token } = await stage.sandbox.token({ expiresInSeconds: 3600 });
    const given = await evaluate(
      async ([projectId, token]) => {
        // By this computer's clock the token has expired long since.
        const { now } = Date;
        Date.now = () => now() + 7_200_000;
        let given = 0;
        const give = () => {
          given += 1;
          return token;
        };
        const client = await window.connect(give);
        const counts = [];
        for (let session = 0; session < 2; session += 1) {
          await client.getCredentials();
          await client.getUser();
          counts.push(given);
          await client.authenticate(projectId, give);
        }
        return counts;
      },
      [LANTERN, token],
    );
    assert.deepEqual(given, [1, 2]);
  });

  test("is renewed after a 401, once, and what was refused is sent again", async () => {
    const paths = ["me", "events/trigger", "credentials"];
    await stage.fail(
      ...paths.map((path) => ({
        path: `*/sdk/${path}`,
        skip: path === "me" ? 1 : 0,
        times: 1,
        action: { kind: "answer", status: 401 },
      })),
    );
    const { token } = await stage.sandbox.token({ expiresInSeconds: 1800 });
    const [given, user, events, sent] = await evaluate(async (other) => {
      let given = 0;
      const client = await window.connect(() => ((given += 1) % 2 ? window.setup.tokens.ada : other));
      const events = [];
      client.subscribe("onSessionChange", ({ state }) => events.push(state));
      window.sent.length = 0;
      // At once it would share the answer to the sign-in.
      await new Promise((resolve) => setTimeout(resolve, 10));
      const user = await client.getUser();
      await Promise.all([client.event("x", {}), client.getCredentials()]);
      return [given, user.userId, events, window.sent.map(({ line }) => line.split("/sdk/")[1]).sort()];
    }, token);
    // Two calls that are refused at the same time wait for one renewal.
    assert.deepEqual([given, user, events], [3, "ada", []]);
    assert.deepEqual(sent, paths.flatMap((path) => [path, path]).sort());
  });

  test("ends the session when the renewed one is refused too, or is another user's", async () => {
    await stage.fail({ path: "*/sdk/credentials", action: { kind: "answer", status: 401 } });
    const [refused, other] = await evaluate(async () => {
      const { ada, grace } = window.setup.tokens;
      const outcome = async (...tokens) => {
        const client = await window.connect(() => tokens.shift() ?? ada);
        const events = [];
        client.subscribe("onSessionChange", ({ state }) => events.push(state));
        window.sent.length = 0;
        const { code } = await window.refused(client.getCredentials());
        return [code, window.sent.length, events, (await client.getUser()).authenticated];
      };
      return [await outcome(ada, ada), await outcome(ada, grace)];
    });
    assert.deepEqual(
      [refused, other],
      [
        ["unauthorized", 2, ["expired"], false],
        ["unauthorized", 1, ["expired"], false],
      ],
    );
  });
});

describe("the log", () => {
  test("tells each request at level debug, without token, query or body, and nothing otherwise", async () => {
    await stage.fail({ path: "*/proxy/slack/flaky", times: 1, action: { kind: "answer", status: 503 } });
    const { lines, silent } = await evaluate(async (workflow) => {
      const { client } = window;
      const lines = [];
      for (const level of ["debug", "log", "info", "warn"]) console[level] = (...words) => lines.push(words.join(" "));
      const calls = async () => {
        await client.setUserMetadata({ Plan: "secret-body" });
        await client.request("slack", "flaky?key=secret-query", {
          maxRetries: 1,
          headers: { "x-key": "secret-header" },
        });
        await client.request("slack", "_status/404", {}).catch(() => {});
        await client.workflow(workflow, { body: { a: "secret-body" }, query: { key: "secret-query" } });
        await client.event("secret-body", { a: "secret-body" });
      };
      await calls();
      const silent = lines.length;
      await client.configureGlobal({ logLevel: "debug" });
      await calls();
      await client.configureGlobal({ logLevel: "silent" });
      await client.getUser();
      return { lines, silent };
    }, stage.known.running);
    assert.equal(silent, 0);
    const prefix = `\\[paragon-wasm\\] (\\w+) /projects/${LANTERN}/sdk/`;
    const said = lines.map((line) => line.replace(new RegExp(prefix), "$1 ").replace(/\d+ ms/, "N ms"));
    assert.deepEqual(said, [
      "PATCH me 200 in N ms",
      "GET proxy/slack/flaky 200 in N ms",
      "GET proxy/slack/_status/404 404 in N ms",
      `POST triggers/${stage.known.running} 200 in N ms`,
      "POST events/trigger 200 in N ms",
    ]);
  });

  test("tells that a request is sent again", async () => {
    await stage.fail({ path: "*/sdk/credentials", times: 1, action: { kind: "drop", when: "afterHeaders" } });
    const lines = await evaluate(async () => {
      const lines = [];
      console.debug = (line) => lines.push(line.replace(/.*\/sdk\//, "").replace(/\d+ ms/, "N ms"));
      await window.client.configureGlobal({ logLevel: "debug", maxRetries: 1 });
      await window.client.getCredentials();
      return lines;
    });
    assert.deepEqual(lines, ["credentials no answer in N ms", "credentials again in N ms", "credentials 200 in N ms"]);
  });
});

describe("a client is made", () => {
  test("with options that hold for its calls", async () => {
    await stage.fail({ path: "*/sdk/credentials", action: { kind: "hang" } });
    const [user, code, wrong] = await evaluate(async () => {
      const { apiUrl, projectId, tokens } = window.setup;
      const client = new window.paragon.ParagonClient({
        apiUrl: `${apiUrl}/`,
        projectId,
        timeoutMs: 1_000,
        maxRetries: 0,
        logLevel: "silent",
      });
      await client.authenticate(undefined, tokens.ada);
      // A project that is named wins over the client's own.
      const wrong = await window.refused(
        new window.paragon.ParagonClient({ apiUrl, projectId }).authenticate("../x", tokens.ada),
      );
      return [(await client.getUser()).userId, (await window.refused(client.getCredentials())).code, wrong.code];
    });
    assert.deepEqual([user, code, wrong], ["ada", "timeout", "invalid_project_id"]);
  });

  test("and a fault in them rejects the first call, with nothing sent", async () => {
    const [codes, sent] = await evaluate(async () => {
      const { apiUrl, tokens } = window.setup;
      const faults = [
        { apiUrl: "ftp://example.com" },
        { apiUrl: "http://example.com" },
        { apiUrl: undefined },
        { apiUrl: "https://u:p@example.com" },
        { host: "exa mple" },
        { host: "example.com", apiUrl },
        { apiUrl, timeoutMs: 0 },
        { apiUrl, timeoutMs: "1" },
        { apiUrl, maxRetries: 11 },
        { apiUrl, logLevel: "loud" },
        { apiUrl: 7 },
      ];
      const first = (options) =>
        new window.paragon.ParagonClient({ projectId: "p", ...options }).authenticate(undefined, tokens.ada);
      const codes = await Promise.all(faults.map(async (options) => (await window.refused(first(options))).code));
      for (const projectId of [undefined, null, 7, "", "a/b"])
        codes.push((await window.refused(first({ apiUrl, projectId }))).code);
      return [codes, window.sent];
    });
    const wanted = [
      ...Array(6).fill("invalid_configuration"),
      ...Array(5).fill("invalid_argument"),
      ...Array(5).fill("invalid_project_id"),
    ];
    assert.deepEqual([codes, sent], [wanted, []]);
  });

  test("without options, or with null for them", async () => {
    const users = await evaluate(() => {
      const { ParagonClient } = window.paragon;
      return Promise.all(
        [() => new ParagonClient(), () => new ParagonClient(undefined), () => new ParagonClient(null)].map(
          async (make) => make().getUser(),
        ),
      );
    });
    assert.deepEqual(users, Array(3).fill({ authenticated: false }));
  });
});

describe("a time limit", () => {
  /** A client whose calls wait for a token that never comes. */
  const install = async (stale) => {
    window.waiting = () => {
      const given = [stale];
      return window.connect(() => given.pop() ?? new Promise(() => {}));
    };
  };
  const staleToken = () => stage.sandbox.token({ issuedAt: seconds(-3600), expiresInSeconds: 50 });

  test("is each call's own, whatever was called before and after", async () => {
    const { token } = await staleToken();
    await evaluate(install, token);
    const settled = await evaluate(async () => {
      const client = await window.waiting();
      const settled = [];
      const call = async (timeoutMs) => {
        const started = performance.now();
        const { code } = await client.getCredentials({ timeoutMs }).catch((error) => error);
        settled.push({ timeoutMs, code, ms: performance.now() - started });
      };
      const calls = [900, 300, 1_500].map(call);
      await new Promise((resolve) => setTimeout(resolve, 400));
      await Promise.all([...calls, ...[800, 100].map(call)]);
      return settled;
    });
    assert.deepEqual(
      settled.map(({ timeoutMs }) => timeoutMs),
      [300, 100, 900, 800, 1_500],
    );
    for (const { timeoutMs, code, ms } of settled) {
      assert.equal(code, "timeout");
      // Timers may be early by less than a millisecond.
      assert.ok(ms > timeoutMs - 1 && ms < timeoutMs + 3_000, `${timeoutMs}: ${ms} ms`);
    }
  });

  test("leaves no timer when the call is over", async () => {
    const timers = await evaluate(async () => {
      const { client } = window;
      const timers = { set: 0, left: new Set() };
      const { setTimeout, clearTimeout } = window;
      window.setTimeout = (...given) => {
        timers.set += 1;
        const id = setTimeout(...given);
        timers.left.add(id);
        return id;
      };
      window.clearTimeout = (id) => {
        timers.left.delete(id);
        clearTimeout(id);
      };
      await Promise.all(Array.from({ length: 20 }, () => client.getCredentials()));
      for (let call = 0; call < 5; call += 1) await client.getUser();
      Object.assign(window, { setTimeout, clearTimeout });
      return [timers.set > 0, timers.left.size];
    });
    assert.deepEqual(timers, [true, 0]);
  });

  test("holds with a test's timers, and with the browser's after them", async () => {
    const { token } = await staleToken();
    await evaluate(install, token);
    const codes = await evaluate(async () => {
      const client = await window.waiting();
      const codes = [];
      const call = (timeoutMs) => client.getCredentials({ timeoutMs }).catch(({ code }) => codes.push(code));
      const first = call(200);
      const { setTimeout } = window;
      const fakes = [];
      // As some do: without a handle.
      window.setTimeout = (run, ms) => void fakes.push({ run, ms });
      const second = call(60_000);
      await first;
      const [{ ms }] = fakes;
      fakes.at(-1).run();
      await second;
      codes.push(fakes.length, Math.round(ms / 1_000));
      const lost = call(50);
      window.setTimeout = setTimeout;
      await Promise.all([call(100), lost]);
      return codes;
    });
    assert.deepEqual(codes, ["timeout", "timeout", 1, 60, "timeout", "timeout"]);
  });
});

/** So many seconds from now, as claims have it. */
function seconds(fromNow) {
  return Math.floor(Date.now() / 1000) + fromNow;
}
