// `request` in a real browser: what goes out, what comes back, and what is refused. A body goes out
// "as fetch would send it", so a plain fetch is the measure.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ENGINE } from "./support/browser.mjs";
import { LANTERN, refusal, useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate, received } = stage;

describe("request sends as fetch does", () => {
  const bodies = {
    "a string": () => "plain ü text",
    "a string that is JSON": () => '{"a":1}',
    "an empty string": () => "",
    "FormData with a file": () => {
      const form = new FormData();
      form.append("name", "Ada ü");
      form.append("name", "twice");
      form.append("file", new File([new Uint8Array([0, 255, 13, 10])], "bytes.bin", { type: "application/x-test" }));
      return form;
    },
    "a Blob with a type": () => new Blob([new Uint8Array([0, 128, 255])], { type: "image/png" }),
    "a Blob without a type": () => new Blob(["text"]),
    "a File": () => new File(["a,b"], "list.csv", { type: "text/csv" }),
    "an ArrayBuffer": () => new Uint8Array([0, 1, 254, 255]).buffer,
    "an empty ArrayBuffer": () => new ArrayBuffer(0),
    "a part of a typed array": () => new Uint8Array([9, 0, 255, 9]).subarray(1, 3),
    "a Float64Array": () => new Float64Array([Math.PI, -0, NaN]),
    "a DataView of a part": () => new DataView(new Uint8Array([9, 9, 128, 129, 9]).buffer, 2, 2),
    URLSearchParams: () => new URLSearchParams({ q: "a b&c", ü: "1" }),
    "an ArrayBuffer of another realm": () => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      return new frame.contentWindow.Uint8Array([1, 200]).buffer;
    },
    "a FormData of another realm": () => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const form = new frame.contentWindow.FormData();
      form.append("a", "b");
      return form;
    },
    nothing: () => undefined,
    null: () => null,
  };
  for (const [name, make] of Object.entries(bodies)) {
    test(name, async () => {
      const [ours, expected] = await evaluate(async (source) => {
        const make = (0, eval)(source);
        const { apiUrl, projectId, tokens } = window.setup;
        const headers = { authorization: `Bearer ${tokens.ada}` };
        const url = `${apiUrl}/projects/${projectId}/sdk/proxy/slack/_echo`;
        const plain = await fetch(new Request(url, { method: "POST", headers, body: make() }));
        return [
          await window.client.request("slack", "/_echo", { method: "POST", body: make() }),
          (await plain.json()).output,
        ];
      }, `(${make})`);
      // The boundary is made up anew for each form, in Firefox with another length.
      const comparable = ({ method, body, bodySize, headers }) => {
        const type = headers["content-type"];
        const boundary = /boundary=(\S+)/.exec(type ?? "")?.[1] ?? "none";
        const text = body?.base64 ? Buffer.from(body.base64, "base64").toString("latin1") : body;
        const size =
          bodySize -
          String(text ?? "")
            .split(boundary)
            .slice(1).length *
            boundary.length;
        return JSON.parse(JSON.stringify({ method, text, size, type }).replaceAll(boundary, "boundary"));
      };
      assert.deepEqual(comparable(ours), comparable(expected));
    });
  }

  const values = [{ a: [1, { b: null }], c: "ü" }, [1, "two", false], 7.5, true, {}, []];
  for (const value of values) {
    test(`${JSON.stringify(value)} as JSON`, async () => {
      const echo = await evaluate((body) => window.client.request("slack", "_echo", { method: "PUT", body }), value);
      assert.deepEqual([echo.method, echo.body, echo.headers["content-type"]], ["PUT", value, "application/json"]);
    });
  }

  const usesJson = ENGINE === "webkit" && "not run: WebKitGTK's WebDriver uses the page's own JSON";
  test("the same on a page whose built-ins have a toJSON of an old library", { skip: usesJson }, async () => {
    const [echoes, meta, restored] = await evaluate(async () => {
      // As in prototype.js up to 1.6.1: text, where a value is meant.
      const quoted = (value) => `"${String(value)}"`;
      Array.prototype.toJSON = function () {
        return `[${this.map(quoted).join(", ")}]`;
      };
      Object.prototype.toJSON = function () {
        return "{}";
      };
      const { toJSON: own } = Date.prototype;
      Date.prototype.toJSON = function () {
        return quoted(own.call(this));
      };
      const { toJSON: array } = Array.prototype;
      const bodies = [{ a: ["b", { c: [1] }], at: new Date(0) }, [1, [2]], { own: { toJSON: () => [3] } }];
      const echoes = [];
      for (const body of bodies) {
        echoes.push((await window.client.request("slack", "_echo", { method: "POST", body })).body);
      }
      const { meta } = await window.client.setUserMetadata({ Tags: ["a"] });
      const restored = [Array.prototype.toJSON === array, Date.prototype.toJSON !== own, "toJSON" in {}];
      delete Array.prototype.toJSON;
      delete Object.prototype.toJSON;
      Date.prototype.toJSON = own;
      return [echoes, meta.Tags, restored];
    });
    const at = "1970-01-01T00:00:00.000Z";
    assert.deepEqual(echoes, [{ a: ["b", { c: [1] }], at }, [1, [2]], { own: [3] }]);
    assert.deepEqual([meta, restored], [["a"], [true, true, true]]);
  });

  test("what toJSON gives, and nothing that is undefined", async () => {
    const echo = await evaluate(() => {
      const body = { at: new Date(0), skipped: undefined };
      return window.client.request("slack", "_echo", { method: "POST", body });
    });
    assert.deepEqual(echo.body, { at: "1970-01-01T00:00:00.000Z" });
    const [sent, refused] = await evaluate(() => {
      const call = (method) => window.client.request("slack", "_echo", { method, body: { toJSON: () => null } });
      return Promise.all([call("POST"), window.refused(call("GET"))]);
    });
    assert.deepEqual(
      [sent.bodySize, sent.headers["content-type"], refused],
      [4, "application/json", refusal("body")],
      "null is a body",
    );
  });

  test("no body that JSON cannot hold", async () => {
    const paths = await evaluate(() => {
      const circle = {};
      circle.self = circle;
      const bodies = [
        { f() {} },
        Symbol("s"),
        { n: 1n },
        { n: NaN },
        new Map(),
        circle,
        [undefined],
        new ReadableStream(),
        Promise.resolve({}),
      ];
      const call = (body) => window.refused(window.client.request("slack", "_echo", { method: "POST", body }));
      return Promise.all(bodies.map(call));
    });
    const wanted = ["body.f", "body", "body.n", "body.n", "body", "body.self", "body[0]", "body", "body"];
    assert.deepEqual(paths, wanted.map(refusal));
    assert.deepEqual(await received(), []);
  });

  test("nor one that throws when it is read or is nested too deeply, and says where", async () => {
    const refused = await evaluate(() => {
      const throwing = (thrown) => ({
        seen: [1, { a: true }],
        get next() {
          throw thrown;
        },
      });
      const deep = (levels) => (levels ? { n: deep(levels - 1) } : 1);
      const bodies = [
        throwing(new Error("mine")),
        throwing(undefined),
        [[], throwing(7)],
        { "a b": [0, { c: NaN }] },
        {
          a: {
            toJSON() {
              throw new Error("mine");
            },
          },
        },
        { toJSON() {} },
        deep(201),
        new Proxy(
          {},
          {
            ownKeys() {
              throw new Error("mine");
            },
          },
        ),
      ];
      const call = (body) => window.refused(window.client.request("slack", "_echo", { method: "POST", body }));
      return Promise.all(bodies.map(call));
    });
    const wanted = [
      "body.next",
      "body.next",
      "body[1].next",
      'body["a b"][1].c',
      "body",
      "body",
      `body${".n".repeat(200)}`,
      "body",
    ];
    assert.deepEqual(refused, wanted.map(refusal));
    assert.deepEqual(await received(), []);
    const [isDeep, twice] = await evaluate(async () => {
      const send = (body) => window.client.request("slack", "_echo", { method: "POST", body });
      const deep = (levels) => (levels ? { n: deep(levels - 1) } : 1);
      const shared = { once: 1 };
      return [(await send(deep(200))).bodySize > 1_000, (await send([shared, shared])).body];
    });
    assert.deepEqual(
      [isDeep, twice],
      [true, [{ once: 1 }, { once: 1 }]],
      "what is there twice does not contain itself",
    );
  });

  test("no body with GET or HEAD", async () => {
    const calls = await evaluate(() =>
      Promise.all(
        ["GET", "HEAD", undefined].map((method) =>
          window.refused(window.client.request("slack", "_echo", { method, body: "x" })),
        ),
      ),
    );
    assert.deepEqual(calls, Array(3).fill(refusal("body")));
  });
});

describe("an answer that is cut short", () => {
  const answers = {
    "JSON, half of it": ["application/json", '[{"a":1},{"b"', "invalid_response"],
    "JSON of a vendor, half of it": ["application/vnd.api+json; charset=utf-8", '{"a"', "invalid_response"],
    "text that looks like it": ["text/plain", '{"a"', '{"a"'],
    "nothing, as JSON": ["application/json", "", undefined],
  };
  for (const [name, [type, body, wanted]] of Object.entries(answers)) {
    test(`${name}: ${wanted}`, async () => {
      await stage.fail({
        path: "*/_echo",
        action: { kind: "answer", status: 200, headers: { "content-type": type }, body },
      });
      const outcome = await evaluate(() => window.client.request("slack", "_echo").catch(({ code }) => code));
      assert.equal(outcome, wanted);
      const asText = await evaluate(() => window.client.request("slack", "_echo", { responseType: "text" }));
      assert.equal(asText, body, "who asks for text gets it as it is");
    });
  }
});

describe("request takes headers", () => {
  const forms = {
    "a record": () => ({
      "X-One": "1",
      "content-TYPE": "text/x-own",
      accept: "text/x-own",
      Authorization: "Bearer mine",
      "x-two": "a, b",
    }),
    tuples: () => [
      ["x-one", "1"],
      ["Content-Type", "text/x-own"],
      ["Accept", "text/x-own"],
      ["authorization", "Bearer mine"],
      ["X-Two", "a"],
      ["x-two", "b"],
    ],
    Headers: () => {
      const headers = new Headers({
        "x-one": "1",
        "content-type": "text/x-own",
        accept: "text/x-own",
        AUTHORIZATION: "Bearer mine",
      });
      headers.append("x-two", "a");
      headers.append("x-two", "b");
      return headers;
    },
  };
  for (const [name, make] of Object.entries(forms)) {
    test(`as ${name}: Content-Type and Accept win, Authorization does not`, async () => {
      // The sandbox answers 401 to any token but its own.
      const { headers, body } = await evaluate(async (source) => {
        const headers = (0, eval)(source)();
        return window.client.request("slack", "/_echo", { method: "POST", body: { a: 1 }, headers });
      }, `(${make})`);
      const shown = ["x-one", "x-two", "content-type", "accept"].map((name) => headers[name]);
      assert.deepEqual(shown, ["1", "a, b", "text/x-own", "text/x-own"]);
      assert.equal(body, '{"a":1}');
    });
  }

  test("and refuses control characters, which no engine sends", async () => {
    const calls = await evaluate(() =>
      Promise.all(
        ["a\u007fb", "\u0001", "a\u001fb", "a\tb", "\u0080 ÿ", "", " a "].map((value) =>
          window.client.request("slack", "_echo", { headers: { "x-a": value } }).then(
            () => "sent",
            ({ code, details }) => [code, details.path].join(),
          ),
        ),
      ),
    );
    const refused = "invalid_argument,headers";
    assert.deepEqual(calls, [refused, refused, refused, ...Array(4).fill("sent")]);
  });

  test("and refuses what cannot be headers", async () => {
    const calls = await evaluate(() => {
      const wrong = [{ "bad name": "1" }, { a: "line\nbreak" }, { a: "日" }, [["one"]], 7, "a: b"];
      return Promise.all(wrong.map((headers) => window.refused(window.client.request("slack", "_echo", { headers }))));
    });
    assert.deepEqual(
      calls,
      calls.map(() => refusal("headers")),
    );
    assert.deepEqual(await received(), []);
  });
});

describe("request gives the answer", () => {
  test("in every form that is asked for", async () => {
    const given = await evaluate(async () => {
      const get = (path, responseType) => window.client.request("slack", path, { responseType });
      const bytes = async (buffer) => [...new Uint8Array(await buffer)];
      const blob = await get("_file", "blob");
      const response = await get("_file", "response");
      const emptyBlob = await get("_empty", "blob");
      return {
        arrayBuffer: await bytes(get("_file", "arrayBuffer")),
        blob: [blob.type, await bytes(blob.arrayBuffer())],
        response: [
          response instanceof Response,
          response.status,
          response.headers.get("content-type"),
          await bytes(response.arrayBuffer()),
        ],
        text: await get("_text", "text"),
        jsonAsText: JSON.parse(await get("_echo", "text")).output.path,
        json: (await get("_echo", "json")).path,
        auto: [(await get("_echo")).path, await get("_text"), await get("_empty")],
        empty: [await get("_empty", "text"), emptyBlob.size],
        head: await window.client.request("slack", "_echo", { method: "HEAD" }),
      };
    });
    const all = Array.from({ length: 256 }, (_, byte) => byte);
    assert.deepEqual(given, {
      arrayBuffer: all,
      blob: ["application/octet-stream", all],
      response: [true, 200, "application/octet-stream", all],
      text: "Plain text from the product.",
      jsonAsText: "_echo",
      json: "_echo",
      auto: ["_echo", "Plain text from the product.", undefined],
      empty: ["", 0],
      head: undefined,
    });
  });

  test("or says that it is no JSON, or that there is no such form", async () => {
    const calls = await evaluate(() =>
      Promise.all(
        ["json", "xml", 7, ""].map((responseType) =>
          window.refused(window.client.request("slack", "_text", { responseType })),
        ),
      ),
    );
    assert.deepEqual(calls, [
      { code: "invalid_response", status: 200, path: undefined },
      ...Array(3).fill(refusal("responseType")),
    ]);
  });

  test("as an error when the integration refuses, in every form, with the session still on", async () => {
    const [calls, user] = await evaluate(async () => {
      const cases = [401, 403, 404, 418, 500].flatMap((status) =>
        [undefined, "json", "text", "blob", "arrayBuffer", "response"].map((responseType) => [status, responseType]),
      );
      const calls = cases.map(([status, responseType]) =>
        window.refused(window.client.request("slack", `_status/${status}`, { responseType })),
      );
      return [await Promise.all(calls), await window.client.getUser()];
    });
    const codes = {
      401: "unauthorized",
      403: "forbidden",
      404: "not_found",
      418: "request_failed",
      500: "server_error",
    };
    assert.equal(calls.length, 30);
    for (const { code, status } of calls) assert.equal(code, codes[status]);
    assert.equal(user.userId, "ada");
  });
});

describe("request goes nowhere else", () => {
  const wrong = {
    // A browser drops tabs and line breaks, takes a backslash for a slash, and %2e for a dot.
    path: [
      "..",
      "../me",
      "/../me",
      "a/../../me",
      "a/..",
      "./me",
      "a/./b",
      "%2e%2e/me",
      "%2E./me",
      ".%2e/x",
      "/%2e",
      "a\\..\\b",
      "..\\me",
      "..\t/me",
      "\n../me",
      ".\r./me",
      "a#b",
      "\u0000",
      "..?x=1",
      "a/%2E%2e?x",
    ],
    type: ["../me", "a/b", "", "salesforce?x", ".", "..", "a..b", "a b", "sälesforce", "%2e%2e", "x".repeat(200)],
  };
  for (const [what, all] of Object.entries(wrong)) {
    test(`whatever the ${what}`, async () => {
      const calls = await evaluate(
        ({ what, all }) =>
          Promise.all(
            all.map((one) =>
              window.refused(what === "path" ? window.client.request("slack", one) : window.client.request(one, "x")),
            ),
          ),
        { what, all },
      );
      assert.deepEqual(
        calls,
        all.map(() => refusal(what)),
      );
      assert.deepEqual(await evaluate(() => window.sent), []);
    });
  }

  test("and a path that looks like a URL stays within the integration", async () => {
    const paths = [
      "https://elsewhere.example/x",
      "//elsewhere.example/x",
      "@elsewhere.example",
      "a/...",
      "a%2Fb",
      "x?y=../..&z=/..",
    ];
    await evaluate((paths) => Promise.all(paths.map((path) => window.client.request("slack", path))), paths);
    const sent = await evaluate(() => window.sent);
    assert.equal(sent.length, paths.length);
    for (const { host, line } of sent) {
      assert.equal(host, new URL(stage.sandbox.url).host);
      assert.ok(line.startsWith(`GET /projects/${LANTERN}/sdk/proxy/slack/`), line);
    }
  });

  test("the method is one of HTTP's, in any case", async () => {
    const methods = ["post", "Put", "PATCH", "delete", "OPTIONS", "GET"];
    const [echoed, refused] = await evaluate(async (methods) => {
      const echo = async (method) => (await window.client.request("slack", "_echo", { method })).method;
      const wrong = ["TRACE", "CONNECT", "", "GE T", "GET\n", 7, {}];
      return [
        await Promise.all(methods.map(echo)),
        await Promise.all(wrong.map((method) => window.refused(window.client.request("slack", "_echo", { method })))),
      ];
    }, methods);
    assert.deepEqual(
      echoed,
      methods.map((method) => method.toUpperCase()),
    );
    assert.deepEqual(
      refused,
      refused.map(() => refusal("method")),
    );
  });
});
