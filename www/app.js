// The demo: a product's integrations page, with the package's calls in view. This file holds who
// is signed in, and puts the parts together.

import { paragon } from "paragon-wasm";
import { Calls, literal } from "./calls.js";
import { announce, button, fill, h, keepingFocus, whileBusy } from "./dom.js";
import { createFailures } from "./failures.js";
import { createLog } from "./log.js";
import { errorNotice } from "./notice.js";
import { createPortal } from "./portal.js";
import { configuredSandbox, mintToken, sandboxUsers } from "./sandbox.js";
import { avatar, createSignIn } from "./signin.js";

const main = document.querySelector("#main");
const account = document.querySelector("#account");

const calls = new Calls();
const sdk = calls.recording(paragon);

/** Who is signed in where; never the token. */
let session;

const failures = createFailures(calls, () => ({ sdk, session }));
fill(document.querySelector("#developer"), createLog(calls), failures.element);

const sandbox = await configuredSandbox();
showSignIn();

function showSignIn(notice) {
  session = undefined;
  fill(account);
  failures.update();
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
    () => ({ token: "<token>" }),
  );
  await signIn({ configuration: { apiUrl: sandbox }, projectId, token });
}

async function signIn({ configuration, projectId, token }) {
  await sdk.configureGlobal(configuration);
  await sdk.authenticate(projectId, token);
  session = { configuration, projectId };
  failures.update();
  const portal = createPortal({ sdk, onUser: showAccount, onEnded });
  fill(main, portal.element);
  showAccount();
  focusTitle();
  portal.load();
}

function onEnded(error) {
  if (session === undefined) return;
  showSignIn(errorNotice(error, { title: "Your session has ended" }));
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
  showSignIn();
  focusTitle();
  announce("You are signed out.");
}

/** Where the page changes as a whole, reading begins anew at its title. */
function focusTitle() {
  main.querySelector("h1").focus();
}
