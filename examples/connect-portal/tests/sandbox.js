// Controls the sandbox from a test. All routes: http://127.0.0.1:4010/_sandbox/openapi.json

/** Sends something to the sandbox, and gives its answer. */
async function tell(path, body = {}) {
  const response = await fetch(`${process.env.VITE_PARAGON_API_URL}/_sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}: ${text}`);
  return text && JSON.parse(text);
}

export const sandbox = {
  /** Back to the state that it starts with. */
  reset: () => tell("reset"),

  /** A user token. Any user id will do; a new one has connected nothing. */
  token: (userId) => tell("token", { userId }),

  /** What users answer at the provider, in place of clicks in the popup: each once, in turn. */
  decide: (...decisions) => tell("provider", { decisions: decisions.map((it) => ({ times: 1, ...it })) }),

  /** A user takes their consent back at the provider, which notifies nobody. */
  revoke: (userId, integration) => tell("provider/revoke", { userId, integration }),

  /** Requests that fail, as these rules say. */
  fail: (...rules) => tell("faults", { rules }),
};
