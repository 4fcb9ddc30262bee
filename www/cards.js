// The user's integrations as cards: what is connected, in which state, and as whom.

import { button, h, newId } from "./dom.js";
import { icon } from "./icons.js";
import { describeIntegration } from "./names.js";

/** What the states mean to a user. Any other status asks for reconnecting too. */
const STATES = {
  VALID: { tone: "good", words: "Connected" },
  INVALID: {
    tone: "bad",
    words: "Reconnect needed",
    prompt: (name) =>
      `${name} no longer accepts this connection. Workflows and requests fail until the account is connected again.`,
  },
  EXPIRED: {
    tone: "bad",
    words: "Expired",
    prompt: (name) => `Access to ${name} has expired. Connect the account again to renew it.`,
  },
  PENDING: {
    tone: "warn",
    words: "Setup unfinished",
    prompt: (name) =>
      `${name} is authorised, but its setup questions are not answered yet. Connect again to finish.`,
  },
};

const NOT_CONNECTED = { tone: "off", words: "Not connected" };

/**
 * @param {import("paragon-wasm").AuthenticatedUser} user
 * @param {{metadata: import("paragon-wasm").IntegrationMetadata[], onDisconnect: (what: object) => void}} wiring
 */
export function renderIntegrations(user, { metadata, onDisconnect }) {
  const all = Object.entries(user.integrations)
    .filter(([, entry]) => entry !== undefined && entry !== null)
    .map(([type, entry]) => ({ ...describeIntegration(type, metadata), entry, state: stateOf(entry) }))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const connected = all.filter(isConnected);
  const others = all.filter((integration) => !isConnected(integration));
  return [
    group("Connections", connected, (integration) => card(integration, onDisconnect), {
      list: "cards",
      empty: "Nothing is connected yet. What this user connects appears here, with its state and account.",
    }),
    group("Not connected", others, tile, {
      list: "tiles",
      empty:
        all.length === 0
          ? "This project has no integrations."
          : "Everything that this project offers is connected.",
      note: ["Connecting from this page comes with ", h("code", {}, "installIntegration()"), "."],
    }),
  ];
}

/** One sentence about all of them. */
export function summarize(user) {
  const entries = Object.values(user.integrations).filter(
    (entry) => entry?.credentialStatus !== undefined || entry?.enabled,
  );
  const attention = entries.filter(
    (entry) => stateOf(entry).prompt || accountsOf(entry).some((it) => statusState(it.status).prompt),
  ).length;
  const total = Object.keys(user.integrations).length;
  const connected = `${entries.length} of ${total} connected`;
  return attention === 0
    ? connected
    : `${connected}, ${attention} ${attention === 1 ? "needs" : "need"} attention`;
}

function stateOf({ credentialStatus, enabled }) {
  if (credentialStatus === undefined || credentialStatus === null) {
    return enabled ? STATES.VALID : NOT_CONNECTED;
  }
  return statusState(credentialStatus);
}

function statusState(status) {
  if (Object.hasOwn(STATES, status)) return STATES[status];
  return { ...STATES.INVALID, words: `Reconnect needed (${status})` };
}

const isConnected = ({ state }) => state !== NOT_CONNECTED;

const rank = ({ state }) => ["bad", "warn", "good", "off"].indexOf(state.tone);

function group(title, integrations, render, { list, empty, note }) {
  const id = newId("group");
  return h(
    "section",
    { class: "group", "aria-labelledby": id },
    h(
      "div",
      { class: "group-head" },
      h("h2", { id }, title, " ", h("span", { class: "count" }, String(integrations.length))),
      note && integrations.length > 0 && h("p", { class: "hint" }, note),
    ),
    integrations.length === 0
      ? h("div", { class: "empty-box" }, h("p", {}, empty))
      : h("ul", { class: list }, integrations.map(render)),
  );
}

function card({ type, name, brandColor, icon: image, entry, state }, onDisconnect) {
  const id = newId("card");
  const accounts = accountsOf(entry);
  const several = accounts.length > 1;
  const disconnect = (account, position) => {
    const ask = () => onDisconnect({ type, name, account, entry, last: !several, isDefault: position === 0 });
    return button("Disconnect", {
      look: "small",
      key: `disconnect ${type} ${account.id ?? ""}`,
      "aria-label": several ? `Disconnect ${name}: ${account.name ?? account.id}` : `Disconnect ${name}`,
      on: { click: ask },
    });
  };
  return h(
    "li",
    { class: "card", "data-integration": type, "data-status": entry.credentialStatus },
    h(
      "article",
      { "aria-labelledby": id },
      h(
        "div",
        { class: "card-head" },
        emblem({ name, brandColor, image }),
        h(
          "div",
          { class: "card-title" },
          h("h3", { id, tabindex: "-1", "data-key": `integration ${type}` }, name),
          several ? h("p", { class: "account" }, `${accounts.length} accounts`) : accountLine(accounts[0]),
        ),
        // Several accounts each show their own.
        (!several || state.prompt) && badge(state),
      ),
      state.prompt && h("p", { class: "prompt" }, icon("alert"), h("span", {}, state.prompt(name))),
      several &&
        h(
          "ul",
          { class: "accounts", "aria-label": `Accounts of ${name}` },
          accounts.map((account, position) =>
            h(
              "li",
              { "data-credential": account.id },
              h(
                "div",
                { class: "account-text" },
                accountLine(account, position === 0 && "default"),
                badge(statusState(account.status)),
              ),
              disconnect(account, position),
            ),
          ),
        ),
      !several &&
        h(
          "div",
          { class: "card-foot" },
          h("span", { class: "hint" }, workflowsLine(entry)),
          disconnect(accounts[0], 0),
        ),
    ),
  );
}

function tile({ type, name, brandColor, icon: image, state }) {
  return h(
    "li",
    { class: "tile", "data-integration": type },
    emblem({ name, brandColor, image }),
    h(
      "div",
      {},
      h("h3", { tabindex: "-1", "data-key": `integration ${type}` }, name),
      h("p", { class: "hint" }, state.words),
    ),
  );
}

function badge({ tone, words }) {
  return h("span", { class: `badge badge-${tone}` }, words);
}

/** The icon, or the first letter on the brand's colour where there is none. */
function emblem({ name, brandColor, image }) {
  const letter = h(
    "span",
    { class: `emblem emblem-letter${isLight(brandColor) ? " emblem-light" : ""}`, "aria-hidden": "true" },
    [...name][0].toUpperCase(),
  );
  if (brandColor !== undefined) letter.style.setProperty("--brand", brandColor);
  if (image === undefined) return letter;
  const picture = h("img", { class: "emblem", src: image, alt: "", width: "40", height: "40" });
  picture.addEventListener("error", () => picture.replaceWith(letter), { once: true });
  return picture;
}

/** Whether dark letters are easier to read on the colour than white ones. */
function isLight(color) {
  if (color === undefined) return false;
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // Where the contrasts to white and to black are equal.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}

/** The accounts of an integration, the default one first; without ids where the server lists none. */
function accountsOf(entry) {
  const listed = Array.isArray(entry.allCredentials) ? entry.allCredentials : [];
  if (listed.length > 0) {
    return listed.map((it) => ({
      id: it.id,
      status: it.status,
      name: accountName(it),
      providerId: it.providerId,
    }));
  }
  return [
    {
      id: entry.credentialId,
      status: entry.credentialStatus,
      name: accountName(entry),
      providerId: entry.providerId,
    },
  ];
}

function accountLine({ name, providerId }, note) {
  if (name === undefined && providerId === undefined) return null;
  return h(
    "p",
    { class: "account", title: providerId },
    h("span", {}, name ?? providerId),
    note && h("small", {}, note),
  );
}

/** What providers call the name of an account, the most telling first. */
const NAME_MEMBERS = [
  "username",
  "email",
  "user",
  "name",
  "companyName",
  "workspaceName",
  "team",
  "workspace",
  "account",
  "site",
  "domain",
  "hubDomain",
  "subdomain",
  "tenant",
  "instanceUrl",
];

/** How the provider names the account, found among its details, up to one level deep. */
function accountName({ providerData }) {
  if (typeof providerData !== "object" || providerData === null) return undefined;
  const levels = [
    providerData,
    ...Object.values(providerData).filter((value) => typeof value === "object" && value !== null),
  ];
  for (const level of levels) {
    const member = NAME_MEMBERS.find((name) => typeof level[name] === "string" && level[name] !== "");
    if (member !== undefined) return level[member];
  }
  return undefined;
}

function workflowsLine(entry) {
  const count = enabledWorkflows(entry);
  if (count === undefined) return "";
  return count === 1 ? "1 workflow on" : `${count === 0 ? "No" : count} workflows on`;
}

/** How many workflows are on, where the server says so. */
export function enabledWorkflows({ workflowSettings }) {
  if (typeof workflowSettings !== "object" || workflowSettings === null) return undefined;
  return Object.values(workflowSettings).filter((workflow) => workflow?.enabled).length;
}

/** What stands in for the cards until the first answer. */
export function skeletonCards() {
  return h(
    "div",
    { class: "group" },
    h("p", { class: "visually-hidden" }, "Loading the integrations…"),
    h(
      "div",
      { class: "cards", "aria-hidden": "true" },
      Array.from({ length: 6 }, () => h("div", { class: "skeleton skeleton-card" })),
    ),
  );
}
