// getUser in a real browser: which token it sends, with which calls it shares a request, and what ends it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate } = stage;

/** In the page: a client that has signed in with `token` and read its user once. */
const settle = `async (token) => {
  const client = await window.connect(token);
  await client.getUser();
  window.sent.length = 0;
  return client;
}`;

/** Runs `run(settle, argument)` in the page. */
const run = (run, argument) => evaluate(`(${run})(${settle}, ${JSON.stringify(argument)})`);

const minutes = async (count, more) => (await stage.sandbox.token({ expiresInSeconds: 60 * count, ...more })).token;

describe("the token", () => {
  test("that has expired is not sent, or renewed first", async () => {
    const [short, long] = [await minutes(10), await minutes(600)];
    const [code, refusedSent, given, userId, used] = await run(
      async (settle, [short, long]) => {
        let given = 0;
        const fixed = await settle(short);
        const renewing = await settle(() => ((given += 1) === 1 ? short : long));
        const { now } = Date;
        Date.now = () => now() + 1_800_000; // Half an hour passes.
        const { code } = await window.refused(fixed.getUser());
        const refusedSent = window.sent.length;
        const used = [];
        const { fetch } = window;
        window.fetch = (url, init) => {
          used.push([short, long].findIndex((token) => init.headers.authorization.endsWith(token)));
          return fetch(url, init);
        };
        const { userId } = await renewing.getUser();
        await renewing.getUser();
        await renewing.getUser();
        return [code, refusedSent, given, userId, used];
      },
      [short, long],
    );
    assert.deepEqual([code, refusedSent, given, userId, used], ["token_expired", 0, 2, "ada", [1, 1, 1]]);
  });

  test("that another call has had renewed is the one that is sent", async () => {
    const [first, second] = [await minutes(30), await minutes(40)];
    await stage.fail({ path: "*/sdk/credentials", times: 1, action: { kind: "answer", status: 401 } });
    const used = await run(
      async (settle, tokens) => {
        let given = 0;
        const client = await settle(() => tokens[given++]);
        await client.getCredentials();
        const used = [];
        const { fetch } = window;
        window.fetch = (url, init) => {
          used.push(tokens.findIndex((token) => init.headers.authorization.endsWith(token)));
          return fetch(url, init);
        };
        for (let time = 0; time < 3; time += 1) await client.getUser();
        return used;
      },
      [first, second],
    );
    assert.deepEqual(used, [1, 1, 1]);
  });

  test("is judged by the server's clock", async () => {
    const token = await minutes(30);
    const outcome = await run(async (settle, token) => {
      // This computer's clock is an hour late: by it the token lasts for an hour and a half.
      const { now } = Date;
      Date.now = () => now() - 3_600_000;
      const client = await settle(token);
      Date.now = () => now() - 1_200_000; // 40 minutes pass.
      const { code } = await window.refused(client.getUser());
      return [code, window.sent.length];
    }, token);
    assert.deepEqual(outcome, ["token_expired", 0]);
  });

  test("that the server refuses is renewed, and the request sent again", async () => {
    const [first, second] = [await minutes(30), await minutes(40)];
    await stage.fail({ path: "*/sdk/me", skip: 2, times: 1, action: { kind: "answer", status: 401 } });
    const outcome = await run(
      async (settle, tokens) => {
        let given = 0;
        const client = await settle(() => tokens[given++]);
        return [typeof (await client.getUser()).userId, given, window.sent.length];
      },
      [first, second],
    );
    assert.deepEqual(outcome, ["string", 2, 2]);
  });
});

test("a refusal of a token that is no longer the session's is not taken for one of the token that is", async () => {
  const [first, second] = [await minutes(30), await minutes(40)];
  await stage.fail(
    {
      path: "*/sdk/me",
      skip: 2,
      times: 1,
      delayMs: 500,
      action: { kind: "answer", status: 401, body: JSON.stringify({ message: first }) },
    },
    { path: "*/sdk/credentials", times: 1, action: { kind: "answer", status: 401 } },
  );
  const outcome = await run(
    async (settle, tokens) => {
      let given = 0;
      const client = await settle(() => tokens[given++]);
      const early = client.getUser();
      await client.getCredentials();
      const late = client.getUser();
      return [(await early).userId, (await late).userId, given];
    },
    [first, second],
  );
  assert.deepEqual(outcome, ["ada", "ada", 2]);
});

describe("the application's own", () => {
  test("way to send may call the client, end the session, and change the headers", async () => {
    const outcome = await run(async (settle) => {
      const client = await settle(window.setup.tokens.ada);
      const { fetch } = window;
      const inside = [];
      const marks = [];
      let then = () => inside.push(client.getUser());
      window.fetch = (url, init) => {
        const now = then;
        then = undefined;
        marks.push("x-mark" in init.headers);
        const headers = { ...init.headers };
        init.headers["x-mark"] = "mine";
        now?.();
        return fetch(url, { ...init, headers });
      };
      const users = [(await client.getUser()).userId, (await inside[0]).userId];
      await client.getUser();
      await client.getUser();
      then = () => void client.configureGlobal({ apiUrl: "http://127.0.0.1:9" });
      const { code } = await window.refused(client.getUser());
      const { authenticated } = await client.getUser();
      return [users, [...new Set(marks)], code, authenticated, window.sent.length <= 5];
    });
    assert.deepEqual(outcome, [["ada", "ada"], [false], "superseded", false, true]);
  });

  test("function that gives tokens may call the client", async () => {
    const [short, long] = [await minutes(10), await minutes(600)];
    const outcome = await run(
      async (settle, [short, long]) => {
        const inside = [];
        let given = 0;
        const its = {};
        const give = () => {
          given += 1;
          if (its.client) inside.push(its.client.getUser(), its.client.getCredentials());
          return its.client ? long : short;
        };
        its.client = await settle(give);
        const { now } = Date;
        Date.now = () => now() + 1_800_000;
        const { userId } = await its.client.getUser();
        return [userId, given, (await inside[0]).userId, Array.isArray(await inside[1])];
      },
      [short, long],
    );
    assert.deepEqual(outcome, ["ada", 2, "ada", true]);
  });
});

test("what follows a logout in the same turn comes after it", async () => {
  const outcome = await run(async (settle) => {
    const client = await settle(window.setup.tokens.ada);
    void client.logout();
    const nobody = await client.getUser();
    const sent = window.sent.length;
    await client.authenticate(window.setup.projectId, window.setup.tokens.ada);
    void client.logout();
    await client.authenticate(window.setup.projectId, window.setup.tokens.grace);
    return [nobody, sent, (await client.getUser()).userId];
  });
  assert.deepEqual(outcome, [{ authenticated: false }, 0, "grace"]);
});

test("calls at once share a request, and nothing else; one that is given up leaves the others", async () => {
  const outcome = await run(async (settle) => {
    const client = await settle(window.setup.tokens.ada);
    const controller = new AbortController();
    const calls = [client.getUser(), window.refused(client.getUser({ signal: controller.signal })), client.getUser()];
    controller.abort();
    const [one, { code }, other] = await Promise.all(calls);
    one.meta.mine = true;
    const alone = new AbortController();
    const last = window.refused(client.getUser({ signal: alone.signal }));
    alone.abort();
    return [
      one.userId,
      code,
      other.userId,
      one === other,
      other.meta.mine,
      window.sent.length,
      (await last).code,
      (await client.getUser()).userId,
    ];
  });
  assert.deepEqual(outcome, ["ada", "aborted", "ada", false, undefined, 1, "aborted", "ada"]);
});

test("what comes after a change does not share a request that was sent before it", async () => {
  const keys = await run(async (settle) => {
    const client = await settle(window.setup.tokens.ada);
    const [before, , after] = await Promise.all([
      client.getUser(),
      client.setUserMetadata({ changed: 1 }),
      client.getUser(),
    ]);
    return [before.userId, after.userId, window.sent.map(({ line }) => line.split(" ")[0])];
  });
  assert.deepEqual(keys, ["ada", "ada", ["GET", "PATCH", "GET"]]);
});

test("the end of the session is the call's, at once, and nothing of it is used after", async () => {
  const ends = {
    logout: (client) => client.logout(),
    authenticate: (client) => client.authenticate(window.setup.projectId, window.setup.tokens.grace),
    configureGlobal: (client) => client.configureGlobal({ apiUrl: "http://127.0.0.1:9" }),
  };
  for (const [name, end] of Object.entries(ends)) {
    const outcome = await run(`async (settle) => {
      const client = await settle(window.setup.tokens.ada);
      let aborted = false;
      const { fetch } = window;
      window.fetch = (url, init) => {
        window.fetch = fetch;
        init.signal.addEventListener("abort", () => (aborted = true));
        return new Promise(() => {});
      };
      const call = window.refused(client.getUser());
      await new Promise((resolve) => setTimeout(resolve, 10));
      const ended = (${end})(client);
      const { code } = await call;
      await ended;
      const { authenticated, userId } = await client.getUser();
      return [code, aborted, authenticated, userId];
    }`);
    const then = name === "authenticate" ? [true, "grace"] : [false, undefined];
    assert.deepEqual(outcome, ["superseded", true, ...then], name);
  }
});

describe("fifty calls at the moment of a renewal", () => {
  const fiftyUsers = async (tokens) => {
    const fifty = async (settle, tokens) => {
      let given = 0;
      const client = await settle(() => tokens[Math.min(given++, tokens.length - 1)]);
      const users = await Promise.all(Array.from({ length: 50 }, () => client.getUser()));
      users.forEach((user) => (user.meta.mine = user));
      return [new Set(users).size, new Set(users.map(({ userId }) => userId)).size, window.sent.length, given];
    };
    return run(fifty, tokens);
  };

  test("share one request, and get an object each", async () => {
    const issuedAt = Math.round(Date.now() / 1000) - 3_600;
    const { token: stale } = await stage.sandbox.token({ issuedAt, expiresInSeconds: 50 });
    // The sign-in asks for one, the first `getUser` for the next, and that one is about to expire too.
    assert.deepEqual(await fiftyUsers([stale, stale, await minutes(40)]), [50, 1, 1, 3]);
  });

  test("share two where the first is answered by 401", async () => {
    await stage.fail({ path: "*/sdk/me", skip: 2, times: 1, action: { kind: "answer", status: 401 } });
    assert.deepEqual(await fiftyUsers([await minutes(30), await minutes(40)]), [50, 1, 2, 2]);
  });
});
