// Installs that ask nothing: everything they need is in their options.

import { ofCall } from "./arguments.js";
import { asFailure } from "./errors.js";
import { errorListener, notify } from "./install.js";
import { address, failure, installOptions, object, text } from "./module.js";
import { checkWindow, close, keep } from "./queue.js";
import { InstallSession } from "./session.js";

export function direct(queue) {
  const { transport, catalogue } = queue;

  /** @param opened the popup that was opened in the click, `null` if it was blocked */
  function installIntegration(type, given, opened) {
    const running = install(type, given, opened);
    const onError = errorListener(given);
    if (onError) running.catch((error) => notify(onError, error));
    return running;
  }

  async function install(type, given, opened) {
    let install, session;
    let popup = keep(opened);
    try {
      const name = text(type, "type");
      const options = installOptions(given);
      if (popup === undefined && needsPopup(name, options)) popup = queue.popupOf(options);
      install = queue.begin(options);
      session = new InstallSession(options);
      await connect(session, install, name, popup);
      void notifyInstalled(options, session.event);
      return session.event;
    } catch (cause) {
      throw asFailure(cause);
    } finally {
      close(popup);
      if (install?.following) void followed(session, install);
      else install?.finish();
    }
  }

  /** An account that is connected after the install has failed is set up all the same. */
  async function followed(session, install) {
    try {
      await install.following;
      await setUp(session, install);
    } catch {
      // The application knows of no promise that could reject.
    } finally {
      install.finish();
    }
  }

  /** As far as can be known in the click. */
  function needsPopup(type, options) {
    if (options.popup !== undefined) return true;
    const session = queue.guess(type, options);
    if (session) answer(session);
    return !session || session.stage().stage === "oauth";
  }

  async function connect(session, install, type, popup) {
    const { options } = session;
    const { enabled } = await session.begin(install, catalogue, type);
    if (enabled === true && !options.allowMultipleCredentials && !options.selectedCredentialId) {
      throw failure(
        "already_installed",
        `${type} is installed: pass allowMultipleCredentials to add an account, or selectedCredentialId to connect one again.`,
      );
    }
    answer(session);
    const { stage } = session.stage();
    if (stage === "oauth") checkWindow(popup);
    if (stage === "oauth" || stage === "connect") await session.connect(install, popup);
    await setUp(session, install);
    if (!session.event) throw session.inputRequired();
  }

  async function setUp(session, install) {
    const { postOptions } = session.options;
    if (session.stage().stage === "postOptions" && postOptions) await session.setUp(install, postOptions);
  }

  /** Answers the stages that the options answer, and those that need no answer. */
  function answer(session) {
    const { accountType, preOptions } = session.options;
    if (session.stage().stage === "accountType") {
      const [chosen, ...others] = [accountType ?? []].flat();
      if (chosen && !others.length) session.chooseAccountType(chosen.trim());
      else session.anyAccountType = true; // As with the official SDK, the service chooses.
    }
    session.instructed = true;
    if (session.stage().stage === "preOptions") session.preOptions = preOptions;
  }

  /** Calls the application's listener; the official SDK passes the user as well. */
  async function notifyInstalled({ onInstall, onSuccess }, event) {
    const listener = onInstall ?? onSuccess;
    if (!listener) return;
    const user = await transport.call("getUser").catch(() => ({ authenticated: false }));
    notify(listener, { ...event }, user);
  }

  async function completeInstall(type, given) {
    const { authorizationCode, redirectUrl, integrationOptions } = object(given, "options");
    const body = {
      code: text(authorizationCode, "authorizationCode"),
      redirectUrl: redirectUrl === undefined ? undefined : address(redirectUrl, "redirectUrl"),
      integrationOptions: integrationOptions === undefined ? {} : object(integrationOptions, "integrationOptions"),
    };
    const session = new InstallSession({});
    session.integration = await catalogue.find(type, ofCall(given));
    const { id: integrationId } = session.integration;
    session.connected(
      transport,
      await transport.call("send", "POST", "credentials", { ...body, integrationId }, ofCall(given)),
    );
    if (!session.event) throw session.inputRequired();
    return session.event;
  }

  return { installIntegration, connect: installIntegration, completeInstall };
}
