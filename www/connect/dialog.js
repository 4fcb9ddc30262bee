// Connecting an account, in a dialog: it shows the stage at which the install flow needs the user,
// whatever kind of integration it is.

import { isParagonError } from "paragon-wasm";
import { withSecrets } from "../calls.js";
import { createDialog } from "../dialog.js";
import { fill, h } from "../dom.js";
import { emblem } from "../emblem.js";
import { choicesOf } from "../forms/choices.js";
import { createQuestions } from "../forms/form.js";
import { problemStage } from "./problems.js";
import { accountTypeStage, instructionStage, waitingStage } from "./stages.js";

/**
 * Connects an account of an integration. Call it in a click: it may open a window.
 *
 * @param {object} wiring
 * @param {object} wiring.sdk
 * @param {import("../portal/store.js").Store} wiring.store
 * @param {string} wiring.type of the integration
 * @param {import("../portal/accounts.js").Account} [wiring.account] the one to connect again, or to set up
 * @param {boolean} [wiring.isAnother] whether it is to be one beside those that there are
 * @param {AbortSignal} wiring.signal ends it
 * @returns {Promise<{credentialId: string} | undefined>} `undefined` if nothing was connected
 */
export async function connectAccount({ sdk, store, type, account, isAnother, signal }) {
  const integration = store.entry(type);
  const { name } = integration;
  const before = new Set(integration.accounts.map(({ id }) => id));
  const flow = sdk.installFlow;
  const body = h("div", { class: "stage" });
  const isPending = account?.status === "PENDING";
  const dialog = createDialog({
    title: isPending ? `Finish setting up ${name}` : account ? `Reconnect ${name}` : `Connect ${name}`,
    picture: emblem(integration, "small"),
    content: body,
  });

  /** Ends the flow without taking back what it has connected. */
  const leaving = new AbortController();
  const stopWaiting = () => leaving.abort(new Error("The dialog was closed."));
  signal.addEventListener("abort", dialog.close);

  let result;
  /** The stage of the flow, and its view. */
  let at;
  let view;
  /** Views of forms are kept: they are shown again with what was typed, should it be refused. */
  const forms = new Map();
  /** The stages at which an answer was given, to go back to. */
  let answered = [];
  let told;
  let isOver = false;

  const start = () =>
    flow.start(type, {
      ...(account?.id !== undefined && { selectedCredentialId: account.id }),
      ...(isAnother && { allowMultipleCredentials: true }),
      // Its questions are all that is left: there is no need of a window.
      ...(isPending && { popup: null }),
      signal: leaving.signal,
      onNext: onStage,
      onComplete,
      onError: onProblem,
    });

  /** Runs a step of the flow. `onStage` or `onProblem` is called with its result. */
  async function go(work) {
    try {
      await work();
    } catch (error) {
      // Told already, as a rule.
      if (told !== error) onProblem(error, null);
    }
  }

  function show(next) {
    view = next;
    fill(body, view.element);
    // A dialog that has not opened yet gives the focus itself.
    if (dialog.element.open) view.focus();
  }

  function onComplete({ credentialId }) {
    result = { credentialId };
    dialog.close();
  }

  function onStage(stage) {
    at = stage;
    // Once the account is connected, there is no way back.
    answered = stage.stage === "postOptions" ? [] : answered.filter((one) => one.stage !== stage.stage);
    show(viewOf(stage));
  }

  function onProblem(error, context) {
    told = error;
    if (isOver) return;
    if (isParagonError(error) && error.code === "superseded") {
      dialog.close();
      return;
    }
    if (context !== null && view?.fail) {
      view.fail(error, `${name} could not be connected`);
      return;
    }
    const retry = () => {
      show(waitingStage({ name, isOpening: true }));
      at = undefined;
      go(context === null ? start : again);
    };
    show(problemStage(error, { name, retry, back: back(), close: dialog.close }));
  }

  async function again() {
    const stage = await flow.next();
    // Where nothing had to be done to come there, nobody has told of it.
    if (at === undefined && !stage.done) onStage(stage);
  }

  /** Goes back to what was answered last, if anything was. */
  function back() {
    const before = answered.at(-1);
    if (before === undefined) return undefined;
    return () => {
      answered = answered.slice(0, -1);
      at = before;
      show(viewOf(before));
    };
  }

  function answer(work) {
    answered = [...answered.filter(({ stage }) => stage !== at.stage), at];
    return go(work);
  }

  function viewOf(stage) {
    const parts = { name, back: back(), cancel: dialog.close };
    if (stage.stage === "accountType") {
      return accountTypeStage(stage, { ...parts, choose: (id) => answer(() => flow.setAccountType(id)) });
    }
    if (stage.stage === "instruction") return instructionStage(stage, parts);
    if (stage.stage === "oauth") return waitingStage(parts);
    const key = JSON.stringify(stage.options);
    if (!forms.has(key)) forms.set(key, formOf(stage, parts));
    return forms.get(key);
  }

  /** The account that is being set up, whose choices the fields offer. */
  let connected;
  async function whose() {
    if (account !== undefined || at?.stage !== "postOptions") return account?.id;
    connected ??= store.refresh().then(() => store.entry(type)?.accounts.find(({ id }) => !before.has(id))?.id);
    return connected;
  }

  function formOf({ stage, options }, { back, cancel }) {
    const isSetup = stage === "postOptions";
    const send = isSetup ? flow.setPostOptions : flow.setPreOptions;
    const words = isSetup ? SETUP : options.length === 0 ? NOTHING : options.some(isSecret) ? KEY : CONSENT;
    return createQuestions({
      inputs: options,
      before: h("p", { class: "dialog-text" }, words.before(name)),
      submit: words.submit(name),
      back,
      cancel,
      cancelWords: isSetup ? "Finish later" : "Cancel",
      load: choicesOf(sdk, type, whose),
      dependencies: integration.dependencies,
      onSubmit: (answers, secrets) => answer(() => send(withSecrets(answers, secrets))),
    });
  }

  show(waitingStage({ name, isOpening: true }));
  // First of all: the window has to open in the click.
  go(start);
  await dialog.open();

  isOver = true;
  signal.removeEventListener("abort", dialog.close);
  if (result === undefined) {
    // An account that is connected and waits for its setup stays: it can be set up later.
    if (at?.stage === "postOptions" || signal.aborted) stopWaiting();
    else flow.cancel().catch(() => {});
  }
  return result;
}

/** The text of a form, and its button. */
const SETUP = {
  before: (name) => `${name} has given access. Answer these to start using it.`,
  submit: () => "Finish setup",
};
const CONSENT = {
  before: (name) => `${name} needs to know this before it asks for your consent.`,
  submit: (name) => `Continue to ${name}`,
};
const KEY = {
  before: (name) => `The key goes to ${name}’s connection only, and is not kept on this page.`,
  submit: () => "Connect",
};
const NOTHING = { before: (name) => `${name} asks for nothing.`, submit: () => "Connect" };

const isSecret = ({ type }) => type === "PASSWORD";
