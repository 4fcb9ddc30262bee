// The demo: a product's integrations page, with the package's calls in view. This file holds who
// is signed in, and puts the parts together.

import { paragon } from "paragon-wasm";
import { Calls, literal } from "./calls.js";
import { announce, button, fill, h, keepingFocus, whileBusy } from "./dom.js";
import { createFailures } from "./failures.js";
import { createLog } from "./log.js";
import { errorNotice, endsSession } from "./notice.js";
import { createPortal } from "./portal.js";
import { addresses, amendAddress } from "./router.js";
import { configuredSandbox, mintToken, sandboxUsers } from "./sandbox.js";
import { avatar, createSignIn } from "./signin.js";

const main = document.querySelector("#main");
const account = document.querySelector("#account");
const navigation = document.querySelector("#navigation");

const calls = new Calls();
const sdk = calls.recording(paragon);

/** The project and the user of the session; never the token. */
let session;
let portal;
/** The session has ended by itself, and the reason is not shown yet. */
let endedWithoutReason = false;

const failures = createFailures(calls, () => ({ sdk, session }));
fill(document.querySelector("#developer"), createLog(calls), failures.element);

for (const name of ["onIntegrationInstall", "onIntegrationUninstall", "onWorkflowChange", "onSessionChange"]) {
  paragon.subscribe(name, (event) => calls.recordEvent(name, event));
}
paragon.subscribe("onSessionChange", ({ state }) => {
  if (session === undefined || state === "signedIn") return;
  if (state === "expired") onEnded();
  else showSignIn();
});
// The call that failed says more than the event.
calls.addEventListener("change", ({ detail: { client, error } }) => {
  if (client === paragon && endsSession(error)) onEnded(error);
});

const sandbox = await configuredSandbox();
showSignIn();

function showSignIn(notice) {
  session = undefined;
  portal?.close();
  portal = undefined;
  fill(account);
  failures.update();
  document.title = "Sign in · paragon-wasm demo";
  fill(
    main,
    createSignIn({
      sandbox,
      users: () => sandboxUsers(sandbox),
      signInAs,
      signInWith: (credentials) => signIn(credentials),
      notice,
    }),
  );
}

/** As a user of the sandbox, which signs the token in place of a product's server. */
async function signInAs({ projectId, userId }) {
  const request = { projectId, userId };
  const token = await calls.record(
    `fetch POST /_sandbox/token ${literal(request)}`,
    () => mintToken(sandbox, request),
    { shown: () => ({ token: "<token>" }) },
  );
  await signIn({ configuration: { apiUrl: sandbox }, projectId, token });
}

async function signIn({ configuration, projectId, token }) {
  endedWithoutReason = false;
  await sdk.configureGlobal(configuration);
  await sdk.authenticate(projectId, token);
  session = { configuration, projectId };
  failures.update();
  portal = createPortal({ sdk, navigation, onUser: showAccount });
  fill(main, portal.element);
  showAccount();
  portal.open();
}

/** The session has ended, and not because the user wanted that. */
function onEnded(error) {
  if (session === undefined && !(error && endedWithoutReason)) return;
  endedWithoutReason = error === undefined;
  const reason = error ?? new Error("Paragon no longer accepts the token. Sign in again.");
  showSignIn(errorNotice(reason, { title: "Your session has ended" }));
  focusTitle();
}

/** Signing out is there from the start: also when the user cannot be loaded. */
function showAccount({ userId, meta } = {}) {
  const name = typeof meta?.Name === "string" && meta.Name !== "" ? meta.Name : (userId ?? "Signed in");
  const { host, apiUrl } = session.configuration;
  const server = host ?? new URL(apiUrl).host;
  const signOut = button("Sign out", { key: "sign out", on: { click: () => whileBusy(signOut, leave) } });
  keepingFocus(account, () =>
    fill(
      account,
      userId !== undefined && avatar(name),
      h(
        "div",
        { class: "account-names" },
        h("strong", {}, name),
        h("span", { class: "hint" }, userId === undefined ? server : `${userId} on ${server}`),
      ),
      signOut,
    ),
  );
}

async function leave() {
  await sdk.logout();
  // Who signs in next begins at the beginning.
  amendAddress(addresses.catalogue());
  focusTitle();
  announce("You are signed out.");
}

/** A page that changes as a whole is read from its title on. */
function focusTitle() {
  main.querySelector("h1").focus();
}
