// The stages of an install, one after the other, whoever answers what they ask.

import { isObject } from "./arguments.js";
import { accountTypesOf, copy, credentialsOf, entryOf, nameOf, postInputsOf, preInputsOf } from "./catalogue.js";
import { allOrRootCause, invalid, unexpected } from "./errors.js";
import { instruction } from "./instruction.js";
import { address, failure, object } from "./module.js";
import { authorise } from "./oauth.js";

export class InstallSession {
  /** The answers so far. */
  accountType;
  preOptions;
  /** The service chooses the kind of account. */
  anyAccountType = false;
  instructed = false;
  /** The account that is connected, but not set up. */
  credential;
  event;
  /** The ids of the accounts that the user had before. */
  #had = new Set();
  #catalogue;

  constructor(options) {
    this.options = options;
  }

  /** Fetches the integration and the user; resolves to the user's entry of the integration. */
  async begin(install, catalogue, type) {
    this.#catalogue = catalogue;
    const call = (...args) => install.call(...args);
    const [integration, user] = await allOrRootCause([
      install.race(catalogue.find(type, {}, call)),
      call("getUser", {}),
    ]);
    catalogue.user = user;
    return this.learn(integration, user);
  }

  /** Takes over what is known of both. An account whose setup is unfinished goes on there. */
  learn(integration, user) {
    const entry = entryOf(user, integration);
    const all = credentialsOf(entry);
    this.integration = integration;
    this.#had = new Set(all.map(({ id }) => id));
    const { selectedCredentialId: wanted, externalId, allowMultipleCredentials } = this.options;
    if (externalId && all.some((one) => one.externalId === externalId.trim())) {
      throw invalid("externalId", "belongs to another account: pass it as selectedCredentialId to reconnect that one");
    }
    let account;
    if (wanted) {
      const plain = wanted.trim().replace(/^ext:/, "");
      account = all.find(({ id }) => id === wanted.trim()) ?? all.find((one) => one.externalId === plain);
      if (!account) throw invalid("selectedCredentialId", "is not an account of the user");
      this.options.selectedCredentialId = account.id;
    } else if (!allowMultipleCredentials) {
      account = all.find(({ id }) => id === entry.credentialId) ?? all[0];
    }
    if (account?.status === "PENDING") this.credential = account;
    return entry;
  }

  get #scheme() {
    const { authenticationType, customIntegration } = this.integration;
    return this.accountType?.scheme ?? authenticationType ?? customIntegration?.authenticationType;
  }

  get #preInputs() {
    return preInputsOf(this.integration, this.accountType?.id);
  }

  /** The stage, as the application gets it, without a request. */
  stage() {
    if (this.event) return { stage: "done", done: true, event: this.event };
    const asks = (stage, options) => ({ stage, options: copy(options), done: false });
    if (this.credential) return asks("postOptions", postInputsOf(this.integration));
    const accountTypes = accountTypesOf(this.integration);
    if (accountTypes.length && !this.accountType && !this.anyAccountType) return asks("accountType", accountTypes);
    const instructions = !this.instructed && instruction(this.integration, this.accountType);
    if (instructions) return { stage: "instruction", ...instructions, done: false };
    const inputs = this.#preInputs;
    if (inputs.length && !this.preOptions) return asks("preOptions", inputs);
    // `connect` is a stage that the application does not see: nothing is asked, so the flow goes on.
    return { stage: this.#scheme === "oauth" ? "oauth" : "connect", done: false };
  }

  get needsPopup() {
    return this.stage().stage === "oauth";
  }

  chooseAccountType(id) {
    const chosen = accountTypesOf(this.integration).find((one) => one.id === id);
    if (!chosen) {
      const known = accountTypesOf(this.integration).map((one) => one.id);
      throw invalid("accountType", `must be one of those that there are: ${known.join(", ") || "none"}`);
    }
    if (this.accountType !== chosen) this.preOptions = undefined;
    this.accountType = chosen;
  }

  /** The application's options, as the server takes them. */
  get #installOptions() {
    const { options } = this;
    const {
      allowMultipleCredentials = false,
      selectedCredentialId,
      selectedConfigurationId,
      externalId,
      bypassPostOAuthPrompt,
    } = options;
    const accountType = this.accountType?.id ?? options.accountType;
    const overrideRedirectUrl = this.#redirectUrl;
    return {
      isApiInstallation: true,
      accountType,
      allowMultipleCredentials,
      selectedCredentialId,
      selectedConfigurationId,
      externalId: externalId?.trim(),
      bypassPostOAuthPrompt,
      overrideRedirectUrl,
    };
  }

  get #redirectUrl() {
    const { overrideRedirectUrl: url } = this.options;
    return url ? address(url, "overrideRedirectUrl") : undefined;
  }

  /** Connects the account: through the provider, or with what was entered. */
  async connect(install, popup) {
    const { integration } = this;
    const installOptions = this.#installOptions;
    install.unfollow();
    if (this.#scheme !== "oauth") {
      const values = this.preOptions;
      this.preOptions = undefined; // If the server refuses them, they are asked for again.
      return this.connected(install, await this.#submit(install, "credentials", values ?? {}));
    }
    const parameters = {};
    for (const { key, source } of this.accountType?.oauthParameters ?? []) {
      if (source?.type === "VALUE") parameters[key] = source.value;
    }
    const request = {
      integration,
      name: nameOf(integration),
      endUserSuppliedValues: this.preOptions,
      parameters,
      installOptions,
      redirectUrl: this.#redirectUrl,
    };
    try {
      return this.connected(
        install,
        await authorise(install, popup, request, this.options, (late) => this.connected(install, late)),
      );
    } catch (error) {
      // The server refused the answers: they are asked for again.
      if (error?.status === 400 && this.#preInputs.length) this.preOptions = undefined;
      throw error;
    }
  }

  /** Sends the answers to the questions that come after connecting. */
  async setUp(install, values) {
    const { id } = this.credential;
    const credential = await this.#submit(
      install,
      `credentials/${encodeURIComponent(id)}/complete-setup`,
      object(values, "postOptions"),
    );
    return this.connected(install, credential);
  }

  #submit(install, path, values) {
    const skipPostOAuthInputs = this.accountType?.skipPostOAuthInputs ?? false;
    const body = {
      integrationId: this.integration.id,
      config: {},
      payload: { ...values, skipPostOAuthInputs },
      installOptions: this.#installOptions,
    };
    return install.send("POST", path, body);
  }

  /** Takes over an account that was connected, or set up. */
  connected(emitter, credential) {
    if (!isObject(credential) || typeof credential.id !== "string") throw unexpected("a credential");
    this.#catalogue?.note(this.integration, credential);
    if (credential.status === "PENDING" && postInputsOf(this.integration).length) {
      this.credential = credential;
      return;
    }
    const { integration } = this;
    this.event = {
      integrationId: integration.id,
      integrationType: nameOf(integration),
      credentialId: credential.id,
      credential,
    };
    emitter.emit("onIntegrationInstall", { ...this.event });
  }

  /** The account that this install has made and not set up, if there is one. */
  get unfinished() {
    return this.credential && !this.#had.has(this.credential.id) ? this.credential : undefined;
  }

  /** The error for an install that cannot ask. */
  inputRequired() {
    const { stage } = this.stage();
    const credentialId = this.credential?.id;
    const what =
      stage === "postOptions"
        ? "has been connected, but has to be set up"
        : "cannot be connected without asking the user";
    return failure("input_required", `${nameOf(this.integration)} ${what}: use installFlow, or pass "${stage}".`, {
      details: { stage, ...(credentialId && { credentialId }) },
    });
  }
}
