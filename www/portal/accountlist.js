// The accounts of an integration, and what the user has to do about them.

import { button, h, newId } from "../dom.js";
import { badge } from "../emblem.js";
import { icon } from "../icons.js";
import { statusState, titleOf } from "./accounts.js";

/**
 * The steps before an account works again, each with the button that does it.
 *
 * @param {{name: string, accounts: import("./accounts.js").Account[]}} integration
 * @param {{onConnect: (account: object) => void}} actions
 */
export function attentionBanners({ name, accounts, isOffered }, { onConnect }) {
  const broken = accounts.filter(({ status }) => statusState(status).prompt);
  return broken.map((account) => {
    const { tone, prompt, words, action } = statusState(account.status);
    const several = accounts.length > 1;
    return h(
      "div",
      { class: `notice notice-${tone} banner`, role: "group", "aria-label": words, "data-credential": account.id },
      icon("alert"),
      h(
        "div",
        { class: "notice-text" },
        h("strong", {}, several ? `${words}: ${titleOf(account)}` : words),
        h("p", {}, prompt(name)),
      ),
      isOffered &&
        button(action, {
          look: "primary",
          key: `repair ${account.id}`,
          "aria-label": several ? `${action} ${titleOf(account)}` : `${action} ${name}`,
          on: { click: () => onConnect(account) },
        }),
    );
  });
}

/**
 * @param {{name: string, accounts: import("./accounts.js").Account[]}} integration
 * @param {{onDisconnect: (account: object) => void}} actions
 */
export function accountList({ name, accounts }, { onDisconnect }) {
  const id = newId("accounts");
  return h(
    "section",
    { class: "panel", "aria-labelledby": id },
    h("h2", { id }, accounts.length === 1 ? "Account" : "Accounts"),
    h(
      "ul",
      { class: "rows" },
      accounts.map((account) => row(account, accounts.length > 1, name, onDisconnect)),
    ),
  );
}

function row(account, isOneOfSeveral, name, onDisconnect) {
  const title = titleOf(account);
  return h(
    "li",
    { class: "row", "data-credential": account.id, "data-key": `account ${account.id}`, tabindex: "-1" },
    h(
      "div",
      { class: "row-text" },
      h("strong", {}, title),
      h(
        "p",
        { class: "hint facts" },
        badge(statusState(account.status)),
        isOneOfSeveral && account.isDefault && h("span", {}, "Default"),
        account.since && h("span", {}, "since ", day(account.since)),
        account.externalId && h("code", {}, account.externalId),
      ),
    ),
    button("Disconnect", {
      look: "small",
      key: `disconnect ${account.id}`,
      "aria-label": isOneOfSeveral ? `Disconnect ${title}` : `Disconnect ${name}`,
      on: { click: () => onDisconnect(account) },
    }),
  );
}

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

function day(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : h("time", { datetime: text }, DAY.format(date));
}
