// JavaScript values of every kind, for a page in which each of them may be an argument.

/**
 * Runs in the page: `window.values()` makes one of each, by what it is. A proxy's and a getter's
 * exception is an error with the message "mine".
 */
export function installValues() {
  const mine = () => {
    throw new Error("mine");
  };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, mine]));
  const revoked = (target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  /** Can be read once. */
  const revokingItself = () => {
    const { proxy, revoke } = Proxy.revocable({}, { get: () => void revoke() });
    return proxy;
  };
  const cycle = () => {
    const object = { list: [] };
    object.list.push(object);
    return object;
  };
  class Account {
    id = 7;
    get name() {
      return "mine";
    }
  }
  const members = [
    "signal",
    "timeoutMs",
    "maxRetries",
    "fetch",
    "metadata",
    "body",
    "name",
    "length",
    "then",
    "toJSON",
    "toString",
  ];
  const getters = Object.fromEntries(members.map((name) => [name, { get: mine, enumerable: true }]));
  const rejected = () => {
    const promise = Promise.reject(new Error("mine"));
    promise.catch(() => {});
    return promise;
  };

  window.values = () => ({
    undefined,
    null: null,
    true: true,
    false: false,
    zero: 0,
    "minus one": -1,
    "a fraction": 0.5,
    NaN,
    Infinity,
    "a bigint": 1n,
    "an empty text": "",
    "a space": " ",
    "a text": "x",
    "a path": "../x?y#z",
    "half a character": "\ud800",
    "the name of a prototype": "__proto__",
    "a very long text": "x".repeat(1 << 20),
    "a boxed text": new String("x"),
    "a boxed number": new Number(1),
    "a symbol": Symbol("mine"),
    "a registered symbol": Symbol.for("paragon-wasm.error"),
    "an array": [],
    // eslint-disable-next-line no-sparse-arrays
    "an array with holes": [, [, 1]],
    "a huge empty array": { length: 4_294_967_296 },
    "an object": {},
    "an object without prototype": Object.create(null),
    "a frozen object": Object.freeze({ a: 1 }),
    "an object that contains itself": cycle(),
    "an instance of a class": new Account(),
    "a class": Account,
    "a function": () => {},
    "an async function": async () => {},
    "a function that throws": mine,
    "a generator": function* () {},
    "a proxy that throws": new Proxy({}, traps),
    "a function's proxy that throws": new Proxy(() => {}, traps),
    "a revoked proxy": revoked({}),
    "an array's revoked proxy": revoked([]),
    "a function's revoked proxy": revoked(() => {}),
    "a proxy that revokes itself": revokingItself(),
    "an object that holds one": { a: [revokingItself()] },
    "getters that throw": Object.defineProperties({}, getters),
    "a getter that throws undefined": {
      get a() {
        throw undefined;
      },
    },
    "toJSON that throws": { toJSON: mine },
    "toJSON of itself": {
      toJSON() {
        return this;
      },
    },
    "toString that throws": { toString: mine, valueOf: mine },
    "a thenable": { then: (resolve) => resolve("x") },
    "a thenable that throws": { then: mine },
    "a promise": Promise.resolve("x"),
    "a rejected promise": rejected(),
    "a promise that never settles": new Promise(() => {}),
    "a date": new Date(0),
    "an invalid date": new Date(NaN),
    "a map": new Map([["a", 1]]),
    "a set": new Set([1]),
    "a regular expression": /x/,
    "an error": new Error("x"),
    "a buffer": new ArrayBuffer(8),
    "a view": new Uint8Array(8),
    "a blob": new Blob(["x"]),
    "a form": new FormData(),
    "a query": new URLSearchParams("a=b"),
    headers: new Headers({ a: "b" }),
    "an aborted signal": AbortSignal.abort("mine"),
    "the document": document,
    "the window": window,
    "an element": document.createElement("p"),
  });
}
