// Faults that a server or a network can have, and what the documentation (docs/errors.md) says that
// a call comes to which meets one.

/** A fault that does not pass is met this often, where a request may be sent again. */
export const MAX_RETRIES = 1;

/** The codes of statuses that are no success. */
export function codeOf(status) {
  const known = { 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limited" };
  return known[status] ?? (status >= 500 ? "server_error" : "request_failed");
}

/** The names that differ from the usual. */
const NAMES = {
  timeout: "TimeoutError",
  integration_not_found: "IntegrationNotFoundError",
  integration_not_installed: "IntegrationNotInstalledError",
};

/** Failures that may have passed a moment later. */
const isTransient = ({ code, status }) =>
  code === "network" || code === "rate_limited" || [502, 503, 504].includes(status);

/** Whether a success with such a body is what the Users API documents for the method. */
function fits({ reads }, { kind, text, typed = true, isBroken = false }) {
  if (reads === "nothing") return kind !== "text" || text === "";
  if (reads === "anything") return !isBroken;
  return reads === "list" ? kind === "array" : kind === "object" && (typed || reads === "object");
}

/** What one request comes to that is hit. */
function failure(method, fault) {
  // The account that is to be disconnected is not there any more: another call has been faster.
  const uninstalls = method.steps[method.at].includes("/sdk/integrations/");
  if (fault.status === 404 && uninstalls) return { code: "integration_not_installed", status: 404 };
  if (fault.status !== undefined) return { code: codeOf(fault.status), status: fault.status };
  if (fault.broken) return { code: "network" };
  if (fault.silent) return { code: "timeout" };
  const body = fault.body?.(method);
  if (body !== undefined && !fits(method, body)) return { code: "invalid_response", status: 200 };
  // It reads as a list, but what is sought is not in it.
  if (body?.typed === false && method.finds) return { code: "integration_not_found" };
  return undefined;
}

/**
 * What a call of `method` comes to when the request that its row is about is hit by `fault`: its
 * code and status, everything that it sends, and whether somebody is signed in then.
 */
export function expected(method, fault) {
  const failed = failure(method, fault);
  // The server's wish is honoured as long as it is reasonable.
  const again = failed && isTransient(failed) && !method.once && !fault.asksForTooMuch;
  const helped = again && fault.times === 1;
  const tries = again ? 1 + MAX_RETRIES : 1;
  const outcome = failed && !helped ? failed : { code: "ok" };
  const { steps, at } = method;
  const rest = outcome.code === "ok" ? steps.slice(at + 1) : [];
  const signedIn =
    outcome.code === "ok" ||
    // A failed sign-in leaves nobody signed in; a 401 of Paragon's own ends the session.
    (!method.signsIn && (outcome.code !== "unauthorized" || method.proxied === true));
  const name = outcome.code === "ok" ? undefined : (NAMES[outcome.code] ?? "ParagonError");
  return { ...outcome, name, sent: [...steps.slice(0, at), ...Array(tries).fill(steps[at]), ...rest], tries, signedIn };
}

/** `response` where the error tells the server's answer without the tokens that were in it. */
export const SOMETHING = Symbol("something");
const JSON_TYPE = { "content-type": "application/json" };
const DEEP = `${'{"a":['.repeat(5_000)}${"]}".repeat(5_000)}`;
const page = (status) => `<!doctype html><title>${status}</title><p>${"Something else answers here. ".repeat(40)}`;

/** 200 with the JSON text, or other body, that `make` gives for a method. */
const success = (name, make, headers = JSON_TYPE) => ({
  name,
  body: make,
  action: (method) => ({ kind: "answer", status: 200, headers, body: make(method).text }),
});

/** The documented answer with more in it: `member` is put into it, `element` where it is a list. */
function extended(method, member, element = `{${member}}`) {
  const text = JSON.stringify(method.answer ?? { done: true });
  return text.startsWith("[")
    ? { kind: "array", text: `[${text.slice(1, -1)},${element}]` }
    : { kind: "object", text: `{${member},${text.slice(1)}` };
}

/** A refusal with this body, `null` for none. `response` is what the error then has as `details.response`. */
const refusal = (status, name = String(status), headers = {}, body = refused(status), response = body) => ({
  name,
  status,
  response,
  action: () => ({ kind: "answer", status, headers: now(headers), body: now(body) }),
});
const refused = (status) => ({ message: `It is ${status}.`, code: "asked_for", meta: { retries: [1, 2] } });
/** What can be known only when the rule is made. */
const now = (value) => (typeof value === "function" ? value() : value);

const inTwoSeconds = () => ({ "retry-after": new Date(Date.now() + 2_000).toUTCString() });

/**
 * The faults. `action` is what the sandbox is asked to do to a request of a method; `status`,
 * `broken`, `silent` or `body` says what that means to who sent it; `times` how often it happens. With
 * `cut`, the status arrives.
 *
 * @param {() => string[]} tokens gives all tokens that are used
 * @param {() => string} elsewhere gives the URL of another server
 */
export function faults(tokens, elsewhere) {
  const broken = (name, action, more) => ({ name, broken: true, action: () => now(action), ...more });
  const objects = (method) => method.reads !== "list";
  return [
    { name: "none", action: () => ({ kind: "pass" }) },
    { name: "delay", delayMs: 300, action: () => ({ kind: "pass" }) },
    refusal(304, "304", {}, null),
    ...[400, 401, 403, 404, 409].map((status) => refusal(status)),
    refusal(429),
    { ...refusal(429, "429, Retry-After: 1", { "retry-after": "1" }), retryAfterMs: [1_000, 1_000] },
    { ...refusal(429, "429, Retry-After: a date", inTwoSeconds), retryAfterMs: [0, 2_000] },
    {
      ...refusal(429, "429, Retry-After: an hour", { "retry-after": "3600" }),
      asksForTooMuch: true,
      retryAfterMs: [3_600_000, 3_600_000],
    },
    { ...refusal(503, "503, Retry-After: 1", { "retry-after": "1" }), retryAfterMs: [1_000, 1_000] },
    refusal(503, "503, Retry-After: nonsense", { "retry-after": "soon" }),
    ...[500, 502, 503, 504].map((status) => refusal(status)),
    refusal(502, "502 with HTML", { "content-type": "text/html" }, page(502), page(502).slice(0, 500)),
    refusal(500, "500, empty", {}, null),
    refusal(
      400,
      "400 that repeats the token",
      {},
      () => ({ message: tokens().join(), [tokens()[0]]: tokens() }),
      SOMETHING,
    ),
    refusal(401, "401 that repeats the token", {}, () => `Bearer ${tokens().join(" Bearer ")}`, SOMETHING),
    broken("drop before headers", { kind: "drop", when: "beforeHeaders" }, { resent: true }),
    broken("drop after headers", { kind: "drop", when: "afterHeaders" }, { cut: true }),
    broken("truncate", { kind: "truncate" }, { cut: true }),
    broken("redirect, same origin", { kind: "redirect", location: "/redirected" }),
    broken("redirect, other origin", () => ({ kind: "redirect", location: elsewhere(), status: 307 })),
    broken("no CORS headers", { kind: "answer", status: 200, body: {} }, { cors: false }),
    { name: "hang before headers", silent: true, action: () => ({ kind: "hang", when: "beforeHeaders" }) },
    { name: "hang in the body", silent: true, action: () => ({ kind: "hang", when: "afterHeaders" }) },
    { name: "corrupt JSON", body: () => ({ kind: "text", isBroken: true }), action: () => ({ kind: "corrupt" }) },
    success("HTML", () => ({ kind: "text", text: page(200) }), { "content-type": "text/html" }),
    success("empty body", () => ({ kind: "text", text: "" })),
    success("null", () => ({ kind: "null", text: "null" })),
    success("array for object, object for array", (method) =>
      objects(method) ? { kind: "array", text: "[]" } : { kind: "object", text: "{}" },
    ),
    success("wrong types", (method) => ({
      typed: false,
      ...(objects(method)
        ? { kind: "object", text: `{"userId":"ada","authenticated":"yes","integrations":[],"meta":7,"id":[]}` }
        : { kind: "array", text: `[{"id":7,"type":null},{"id":"../me","type":"slack "},"text",null,[]]` }),
    })),
    success("duplicate keys", (method) =>
      extended(method, `"userId":7,"authenticated":[],"meta":0,"id":{}`, `{"id":7,"id":"x","type":7,"type":"x"}`),
    ),
    success("__proto__ keys", (method) =>
      extended(method, `"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}`),
    ),
    success("10,000 levels", (method) => extended(method, `"deep":${DEEP}`)),
    success("wrong content type", (method) => extended(method, `"more":1`), { "content-type": "image/png" }),
    {
      name: "50 MB",
      together: 3, // Each is held in full by the page.
      body: () => ({ kind: "object", typed: false }),
      action: () => ({ kind: "bigBody", bytes: 50_000_000 }),
    },
    { ...refusal(503, "503 once"), times: 1 },
    { ...refusal(429, "429 once, Retry-After: 1", { "retry-after": "1" }), times: 1, retryAfterMs: [1_000, 1_000] },
    broken("truncated once", { kind: "truncate" }, { times: 1 }),
    broken("dropped after headers once", { kind: "drop", when: "afterHeaders" }, { times: 1 }),
  ];
}
