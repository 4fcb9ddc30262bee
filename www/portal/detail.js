// One integration: what it does, the user's accounts, and what is set of them.

import { connectAccount } from "../connect/dialog.js";
import { confirmDisconnect } from "../disconnect.js";
import { button, fill, h, keepingFocus, toast, whileBusy } from "../dom.js";
import { badge, emblem } from "../emblem.js";
import { withChevron } from "../forms/select.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown.js";
import { errorNotice } from "../notice.js";
import { addresses, amendAddress } from "../router.js";
import { accountList, attentionBanners } from "./accountlist.js";
import { titleOf } from "./accounts.js";
import { createConfiguration } from "./configuration.js";

/**
 * @param {object} wiring
 * @param {object} wiring.sdk
 * @param {import("./store.js").Store} wiring.store
 * @param {string} wiring.type
 * @param {AbortSignal} wiring.signal the page is left: closes the dialogs
 */
export function createDetail({ sdk, store, type, signal }) {
  const header = h("header", { class: "detail-head" });
  const banners = h("div", { class: "banners" });
  const accounts = h("div");
  const configuration = h("div", { class: "configuration" });
  const about = h("div");
  const element = h(
    "div",
    { class: "detail" },
    h("a", { class: "back-link", href: addresses.catalogue() }, icon("back"), "All integrations"),
    header,
    banners,
    accounts,
    configuration,
    about,
  );

  /** Descriptions, settings and workflows; and why they could not be had. */
  let config;
  let configError;
  /** The settings of one account, and its id. */
  let shown;
  let chosenId;

  const entry = () => store.entry(type);
  const chosenAccount = () => entry().accounts.find(({ id }) => id === chosenId) ?? entry().accounts[0];

  async function learnConfig() {
    if (config !== undefined || entry() === undefined) return;
    try {
      config = await sdk.getIntegrationConfig(entry().type);
      configError = undefined;
    } catch (error) {
      configError = error;
    }
    update();
  }

  function update() {
    const integration = entry();
    if (integration === undefined) {
      keepingFocus(header, () => fill(header, store.user === undefined ? skeletonHead() : unknown(type)));
      for (const part of [banners, accounts, configuration, about]) fill(part);
      return;
    }
    const actions = { onConnect, onDisconnect };
    keepingFocus(header, () => fill(header, renderHead(integration)));
    keepingFocus(banners, () => fill(banners, attentionBanners(integration, actions)));
    keepingFocus(accounts, () => fill(accounts, integration.accounts.length > 0 && accountList(integration, actions)));
    renderConfiguration(integration);
    fill(about, config?.longDescription && aboutPanel(config.longDescription));
  }

  function renderHead(integration) {
    const { name, state, description, isOffered } = integration;
    const isConnected = integration.accounts.length > 0;
    return [
      emblem(integration, "large"),
      h(
        "div",
        { class: "detail-title" },
        h("h1", { tabindex: "-1", "data-key": "title" }, name),
        h("p", { class: "detail-state" }, badge(state)),
      ),
      h("p", { class: "lead" }, config?.shortDescription ?? description),
      isOffered
        ? button(isConnected ? "Add account" : `Connect ${name}`, {
            look: isConnected ? "plain" : "primary",
            class: `button button-${isConnected ? "plain" : "primary"} detail-action`,
            key: "connect",
            icon: isConnected ? icon("plus") : undefined,
            on: { click: () => onConnect(undefined, isConnected) },
          })
        : h("p", { class: "hint detail-action" }, "The project does not offer it at present."),
    ];
  }

  function renderConfiguration(integration) {
    if (config === undefined) {
      shown = undefined;
      const retry = (event) => whileBusy(event.currentTarget, learnConfig);
      keepingFocus(configuration, () =>
        fill(
          configuration,
          configError
            ? errorNotice(configError, { title: "Workflows and settings could not be loaded", retry })
            : h("div", { class: "skeleton skeleton-panel", "aria-hidden": "true" }),
        ),
      );
      return;
    }
    const account = chosenAccount();
    // Forms in which somebody is typing stay: they are told what is new.
    const key = account && `${account.id} ${account.status}`;
    if (shown === undefined || shown.key !== key) {
      shown = { key, ...createConfiguration({ sdk, integration, config, account, update: refresh }) };
    }
    const choice = accountChoice(integration, account);
    keepingFocus(configuration, () => {
      if (configuration.lastChild === shown.element) configuration.firstChild.replaceWith(choice);
      else fill(configuration, choice, shown.element);
    });
    shown.show(account);
  }

  const refresh = () => store.refresh();

  /** The choice of the account whose workflows and settings are shown, where there are several. */
  function accountChoice({ accounts }, account) {
    if (accounts.length < 2) return h("div", { hidden: true });
    const select = h(
      "select",
      { id: "chosen-account", "data-key": "chosen account", on: { change: () => choose(select.value) } },
      accounts.map((one) => {
        const option = h("option", { value: one.id }, titleOf(one), one.isDefault && " (default)");
        option.selected = one.id === account.id;
        return option;
      }),
    );
    return h(
      "div",
      { class: "account-choice" },
      h("label", { class: "label", for: "chosen-account" }, "Workflows and settings of"),
      withChevron(select),
    );
  }

  function choose(id) {
    chosenId = id;
    amendAddress(addresses.integration(type, { account: id }));
    update();
  }

  async function onConnect(account, isAnother = false) {
    const { type, name } = entry();
    const trigger = document.activeElement?.dataset.key ?? "title";
    const connected = await connectAccount({ sdk, store, type, account, isAnother, signal });
    // The event has had the user fetched. Without one, an account may wait for its setup now.
    await (connected ? store.current() : store.refresh());
    if (signal.aborted || entry() === undefined) return;
    if (connected === undefined) {
      // What had the focus was rendered anew below the dialog, which could not give it back.
      if (document.activeElement === document.body) focusOn(trigger);
      return;
    }
    chosenId = connected.credentialId;
    update();
    toast(`${name} is connected as ${titleOf(chosenAccount())}.`);
    focusOn(`account ${connected.credentialId}`);
  }

  async function onDisconnect(account) {
    const integration = entry();
    const isLast = integration.accounts.length === 1;
    const outcome = await confirmDisconnect({ integration, account, isLast, signal }, (signal) =>
      sdk.uninstallIntegration(integration.type, isLast ? { signal } : { signal, selectedCredentialId: account.id }),
    );
    if (outcome === "kept") return;
    await (outcome === "disconnected" ? store.current() : store.refresh());
    if (signal.aborted) return;
    if (outcome === "disconnected") toast(`${titleOf(account)} is disconnected from ${integration.name}.`);
    // The button that had the focus is gone with its account.
    focusOn("title");
  }

  function focusOn(key) {
    const target = element.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? element.querySelector("h1");
    target?.focus();
  }

  return {
    element,
    get title() {
      return entry()?.name ?? "Integration";
    },
    update() {
      update();
      learnConfig();
    },
    show(parameters) {
      chosenId = parameters.get("account") ?? undefined;
      update();
      learnConfig();
    },
  };
}

function aboutPanel(text) {
  return h(
    "section",
    { class: "panel about", "aria-labelledby": "about" },
    h("h2", { id: "about" }, "About"),
    markdown(text),
  );
}

function unknown(type) {
  return h(
    "div",
    { class: "detail-title" },
    h("h1", { tabindex: "-1", "data-key": "title" }, "There is no such integration"),
    h(
      "p",
      { class: "lead" },
      "This project does not offer ",
      h("code", {}, type),
      ". It may have been renamed or removed.",
    ),
  );
}

function skeletonHead() {
  return [
    h("div", { class: "skeleton emblem emblem-large", "aria-hidden": "true" }),
    h("div", { class: "detail-title" }, h("h1", { tabindex: "-1", "data-key": "title" }, "Loading…")),
  ];
}
