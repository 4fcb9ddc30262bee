// The workflows of an account, to switch on and off, and its settings.

import { fill, h, newId, toast, whileBusy } from "../dom.js";
import { choicesOf } from "../forms/choices.js";
import { errorNotice } from "../notice.js";
import { createSettings } from "./settings.js";

/**
 * @param {object} wiring
 * @param {object} wiring.sdk
 * @param {ReturnType<import("./store.js").Store["entry"]>} wiring.integration
 * @param {import("paragon-wasm").IntegrationConfig} wiring.config
 * @param {import("./accounts.js").Account} [wiring.account] `undefined` if none is connected
 * @param {() => Promise<unknown>} wiring.update fetches what is set
 */
export function createConfiguration({ sdk, integration, config, account, update }) {
  const { type } = integration;
  const isUsable = account?.status === "VALID";
  const selection = account?.id === undefined ? {} : { selectedCredentialId: account.id };
  const settingsOf = (save, parts) =>
    createSettings({
      ...parts,
      dependencies: integration.dependencies,
      load: choicesOf(sdk, type, async () => account.id),
      async save(changes) {
        const { errors } = await save(changes);
        // No event tells of settings.
        await update();
        return errors;
      },
    });

  const workflows = config.availableWorkflows.map((workflow) =>
    isUsable
      ? createSwitch(workflow, {
          isOn: account.workflowSettings[workflow.id]?.enabled === true,
          async turn(isOn) {
            const { errors } = await sdk.updateWorkflowState({ [workflow.id]: isOn }, selection);
            if (errors.length > 0) throw new Error(errors[0].message);
          },
          settings:
            workflow.inputs.length > 0 &&
            settingsOf((changes) => sdk.updateWorkflowUserSettings(type, workflow.id, changes, selection), {
              inputs: workflow.inputs,
              values: account.workflowSettings[workflow.id]?.settings,
              name: workflow.description,
            }),
        })
      : createLine(workflow),
  );
  const inputs = config.availableUserSettings ?? [];
  const settings =
    isUsable && inputs.length > 0
      ? settingsOf((changes) => sdk.updateIntegrationUserSettings(type, changes, selection), {
          inputs,
          values: account.sharedSettings,
          name: integration.name,
        })
      : undefined;

  return {
    element: h(
      "div",
      { class: "configuration-parts" },
      workflows.length > 0 &&
        panel(
          "Workflows",
          why(account, integration.name),
          h(
            "ul",
            { class: "rows" },
            workflows.map(({ element }) => element),
          ),
        ),
      settings && panel("Settings", undefined, settings.element),
    ),
    /** Tells what is set now. */
    show(account) {
      if (!isUsable) return;
      for (const workflow of workflows) workflow.show(account.workflowSettings[workflow.id]);
      settings?.show(account.sharedSettings);
    },
  };
}

/** The reason why nothing can be changed. */
function why(account, name) {
  if (account?.status === "VALID") return undefined;
  if (account === undefined) return `Connect ${name} to switch them on.`;
  return `${account.status === "PENDING" ? "Finish the setup" : "Reconnect the account"} to switch them, and to change settings.`;
}

function panel(title, hint, content) {
  const id = newId("panel");
  return h(
    "section",
    { class: "panel", "aria-labelledby": id },
    h("h2", { id }, title),
    hint && h("p", { class: "hint" }, hint),
    content,
  );
}

/** A workflow that can only be read about. */
function createLine({ description, infoText }) {
  return {
    element: h(
      "li",
      { class: "row" },
      h("div", { class: "row-text" }, h("strong", {}, description), infoText && h("p", { class: "hint" }, infoText)),
    ),
  };
}

function createSwitch({ id, description, infoText }, { isOn, turn, settings }) {
  const name = newId("workflow");
  const problem = h("div", { class: "row-problem" });
  const control = h("button", {
    type: "button",
    class: "switch",
    role: "switch",
    "aria-checked": String(isOn),
    "aria-labelledby": name,
    on: { click: () => whileBusy(control, onClick) },
  });
  const details = settings && h("details", { class: "row-settings" }, h("summary", {}, "Settings"), settings.element);
  // A workflow that was never on has no settings to change.
  const later = details && h("p", { class: "hint row-settings" }, "Switch it on to change its settings.");
  const element = h(
    "li",
    { class: "row", "data-workflow": id },
    h(
      "div",
      { class: "row-text" },
      h("strong", { id: name }, description),
      infoText && h("p", { class: "hint" }, infoText),
    ),
    control,
    problem,
    details,
    later,
  );

  async function onClick() {
    const wanted = control.getAttribute("aria-checked") !== "true";
    fill(problem);
    // Shown at once, and taken back if the call fails.
    control.setAttribute("aria-checked", String(wanted));
    try {
      await turn(wanted);
      toast(`${description} is ${wanted ? "on" : "off"}.`);
    } catch (error) {
      control.setAttribute("aria-checked", String(!wanted));
      fill(problem, errorNotice(error, { title: `It stays ${wanted ? "off" : "on"}` }));
    }
  }

  return {
    id,
    element,
    show(state) {
      if (control.getAttribute("aria-busy") !== "true") {
        control.setAttribute("aria-checked", String(state?.enabled === true));
      }
      if (!details) return;
      details.hidden = state === undefined;
      later.hidden = state !== undefined;
      settings.show(state?.settings ?? {});
    },
  };
}
