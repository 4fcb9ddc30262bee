// For developers: calls that fail, and what their errors hold.

import { ParagonClient } from "paragon-wasm";
import { button, fill, h, newId, whileBusy } from "./dom.js";
import { icon } from "./icons.js";
import { answerText, errorFields, longText } from "./log.js";

/**
 * The failures that there are to try. Those about tokens use a client of their own, so the
 * session goes on; and tokens that no server signed, so nothing is given away.
 */
const FAILURES = [
  {
    name: "An expired token",
    about: "Found before anything is sent.",
    run: ({ fresh, session }) =>
      fresh().authenticate(session?.projectId ?? NO_PROJECT, unsignedToken({ lifetime: -60 })),
  },
  {
    name: "A token that the server refuses",
    about: "Nobody signed it: the answer is 401.",
    needsSession: true,
    async run({ fresh, session }) {
      const client = fresh();
      await client.configureGlobal(session.configuration);
      await client.authenticate(session.projectId, unsignedToken({ lifetime: 3600 }));
    },
  },
  {
    name: "Nobody is signed in",
    about: "A new client has no session.",
    run: ({ fresh }) => fresh().setUserMetadata({ Plan: "pro" }),
  },
  {
    name: "An unknown integration",
    about: "The details list those that the project has.",
    needsSession: true,
    run: ({ sdk }) => sdk.uninstallIntegration("no-such-integration"),
  },
  {
    name: "Metadata that JSON cannot hold",
    about: "The details say where the fault is.",
    needsSession: true,
    run: ({ sdk }) => sdk.setUserMetadata({ Plan: { seats: 12n } }),
  },
  {
    name: "Abort after 1 ms",
    about: "With an AbortSignal, as fetch takes it.",
    needsSession: true,
    async run({ sdk }) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("The page stopped waiting.")), 1);
      return sdk.getUser({ signal: controller.signal });
    },
  },
  {
    name: "An unreachable server",
    about: "No one listens on port 9.",
    async run({ fresh, session }) {
      const client = fresh();
      await client.configureGlobal({ apiUrl: "http://127.0.0.1:9" });
      await client.authenticate(session?.projectId ?? NO_PROJECT, unsignedToken({ lifetime: 3600 }));
    },
  },
];

const NO_PROJECT = "00000000-0000-4000-8000-000000000000";

/**
 * @param {import("./calls.js").Calls} calls
 * @param {() => {sdk: object, session: object | undefined}} now the session as it is
 */
export function createFailures(calls, now) {
  const fresh = () => calls.recording(new ParagonClient(), "client");
  const items = FAILURES.map((failure) => createItem(failure, () => ({ fresh, ...now() })));
  const title = newId("failures");
  const element = h(
    "section",
    { class: "panel", "aria-labelledby": title },
    h("div", { class: "panel-head" }, h("h2", { id: title }, "Make a call fail")),
    h(
      "p",
      { class: "hint" },
      "Every failure is a rejected promise with a ",
      h("code", {}, "ParagonError"),
      ". Your session goes on.",
    ),
    h(
      "ul",
      { class: "failures" },
      items.map((item) => item.element),
    ),
  );
  return {
    element,
    /** Some need someone signed in. */
    update: () => items.forEach((item) => item.update()),
  };
}

function createItem({ name, about, needsSession, run }, now) {
  const outcome = h("div", { class: "failure-outcome", "aria-live": "polite" });
  const aboutId = newId("about");
  const hint = h("span", { class: "hint", id: aboutId }, about);
  const trigger = button("Run", { look: "small", "aria-label": `Run: ${name}`, "aria-describedby": aboutId });
  trigger.addEventListener("click", () =>
    whileBusy(trigger, async () => {
      fill(outcome);
      try {
        const value = await run(now());
        fill(outcome, h("p", { class: "hint" }, "It did not fail this time."), longText("Answer", answerText(value)));
      } catch (error) {
        fill(
          outcome,
          h(
            "div",
            { class: "failure-head" },
            h("strong", {}, "Rejected"),
            h(
              "button",
              { type: "button", class: "icon-button", "aria-label": `Close: ${name}`, on: { click: close } },
              icon("cross"),
            ),
          ),
          errorFields(error),
        );
      }
    }),
  );
  function close() {
    fill(outcome);
    trigger.focus();
  }
  const element = h(
    "li",
    {},
    h("div", { class: "failure" }, h("div", {}, h("span", { class: "failure-name" }, name), hint), trigger),
    outcome,
  );
  const update = () => {
    const locked = needsSession === true && now().session === undefined;
    trigger.disabled = locked;
    hint.textContent = locked ? "Sign in first." : about;
    fill(outcome);
  };
  update();
  return { element, update };
}

/** Looks like a Paragon User Token; its signature is none. */
function unsignedToken({ lifetime }) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const claims = { sub: "somebody", iat: now - 120, exp: now + lifetime };
  return [part({ alg: "RS256", typ: "JWT" }), part(claims), "bm8tc2lnbmF0dXJl"].join(".");
}
