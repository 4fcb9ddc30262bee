// Installs that ask nothing: what they need is in their options.

import { address, connecting, object, ofCall, text } from "./arguments.js";
import { failure } from "./errors.js";
import { asFailure, tell } from "./install.js";
import { Steps } from "./steps.js";
import { blocked, close, popupOf } from "./turns.js";

export function direct(turns) {
  const { door, catalogue } = turns;

  /** @param opened the popup that was opened in the click, `null` if it was blocked */
  async function installIntegration(type, given, opened) {
    let install;
    let popup = opened;
    try {
      const name = text(type, "type");
      const options = connecting(given);
      if (popup === undefined && needsPopup(name, options)) popup = popupOf(options);
      install = turns.begin(options);
      const steps = new Steps(options);
      await connect(steps, install, name, popup);
      void congratulate(options, steps.event);
      return steps.event;
    } catch (cause) {
      const error = asFailure(cause);
      if (typeof given?.onError === "function") tell(given.onError, error);
      throw error;
    } finally {
      install?.finish();
      close(popup);
    }
  }

  /** As far as can be known in the click. */
  function needsPopup(type, options) {
    if (options.popup !== undefined) return true;
    const steps = turns.guess(type, options);
    if (steps) answer(steps);
    return !steps || steps.stage().stage === "oauth";
  }

  async function connect(steps, install, type, popup) {
    const { options } = steps;
    const { enabled } = await steps.begin(install, catalogue, type);
    if (enabled === true && !options.allowMultipleCredentials && !options.selectedCredentialId) {
      throw failure("already_installed", `${type} is installed: pass allowMultipleCredentials to add an account, or selectedCredentialId to connect one again.`);
    }
    answer(steps);
    const { stage } = steps.stage();
    if (stage === "oauth" && !popup) throw blocked();
    if (stage === "oauth" || stage === "connect") await steps.connect(install, popup);
    if (steps.stage().stage === "postOptions" && options.postOptions) await steps.setUp(install, options.postOptions);
    if (!steps.event) throw steps.inputRequired();
  }

  /** Answers what the options answer, and what need not be answered. */
  function answer(steps) {
    const { accountType, preOptions } = steps.options;
    if (steps.stage().stage === "accountType") {
      const [chosen, ...others] = [accountType ?? []].flat();
      if (chosen && !others.length) steps.chooseAccountType(chosen.trim());
      else steps.anyAccountType = true; // As with the official SDK, the service chooses.
    }
    steps.instructed = true;
    if (steps.stage().stage === "preOptions") steps.preOptions = preOptions;
  }

  /** Tells who asked for it; the official SDK gives the user as well. */
  async function congratulate({ onInstall, onSuccess }, event) {
    const listener = onInstall ?? onSuccess;
    if (!listener) return;
    const user = await door.call("getUser").catch(() => ({ authenticated: false }));
    tell(listener, { ...event }, user);
  }

  async function completeInstall(type, given) {
    const { authorizationCode, redirectUrl, integrationOptions } = object(given, "options");
    const body = {
      code: text(authorizationCode, "authorizationCode"),
      redirectUrl: redirectUrl === undefined ? undefined : address(redirectUrl, "redirectUrl"),
      integrationOptions: integrationOptions === undefined ? {} : object(integrationOptions, "integrationOptions"),
    };
    const steps = new Steps({});
    steps.integration = await catalogue.find(type, ofCall(given));
    const { id: integrationId } = steps.integration;
    steps.connected(door, await door.call("send", "POST", "credentials", { ...body, integrationId }, ofCall(given)));
    if (!steps.event) throw steps.inputRequired();
    return steps.event;
  }

  return { installIntegration, connect: installIntegration, completeInstall };
}
