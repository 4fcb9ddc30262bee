// The settings, workflows and configurations of a connected account.

import { isObject, ofCall, selection } from "./arguments.js";
import { credentialsOf, entryOf } from "./catalogue.js";
import { allOrRootCause, invalid, isFinal, unexpected } from "./errors.js";
import { callOptions, failure, id, object, text } from "./module.js";

const configurationsOf = ({ configurations }) => (Array.isArray(configurations) ? configurations.filter(isObject) : []);

/** The element that is named by its id, its external id, or `ext:` and its external id. */
const named = (list, wanted) =>
  list.find((one) => one.id === wanted) ??
  list.find(({ externalId }) => externalId && externalId === wanted.replace(/^ext:/, ""));

/** The account and its configuration that the options select, or the default ones. */
function chosen(entry, type, given) {
  const { selectedCredentialId, selectedConfigurationId } = given;
  const all = credentialsOf(entry);
  const wanted = selectedCredentialId && text(selectedCredentialId, "selectedCredentialId");
  const account = wanted ? named(all, wanted) : (all.find(({ id }) => id === entry.credentialId) ?? all[0]);
  if (!account) {
    if (wanted && all.length) throw invalid("selectedCredentialId", "is not an account of the user");
    throw failure("integration_not_installed", `${type} is not installed: there is no account to configure.`);
  }
  const configurations = configurationsOf(account);
  const configuration = selectedConfigurationId
    ? named(configurations, text(selectedConfigurationId, "selectedConfigurationId"))
    : (configurations.find(({ isDefault }) => isDefault) ?? configurations[0]);
  if (!configuration) {
    if (selectedConfigurationId) throw invalid("selectedConfigurationId", "is not a configuration of the account");
    throw unexpected("an account with its configurations");
  }
  return { account, configuration };
}

export function settings(transport, catalogue) {
  let last = Promise.resolve();
  /** Updates run one after the other, as each sends a whole group of settings. */
  const inTurn = (run) => (last = last.then(run, run));

  function update(type, given, change) {
    return inTurn(async () => {
      const call = ofCall(given);
      const [integration, user] = await allOrRootCause([catalogue.find(type, call), transport.call("getUser", call)]);
      const { account, configuration } = chosen(entryOf(user, integration), type, given);
      const config = change(configuration);
      const answer = await transport.call(
        "send",
        "PATCH",
        `credentials/${id(account.id, "credential")}`,
        { config },
        {
          ...call,
          selectedCredentialId: account.id,
          selectedConfigurationId: configuration.id,
        },
      );
      const errors = Array.isArray(answer?.errors) ? answer.errors : [];
      return { userState: await transport.call("getUser", call), errors };
    });
  }

  /** `/sdk/credentials/{id}/configurations`; the answer is the credential. */
  async function configure(method, given, body, configurationId) {
    const credentialId = id(given.credentialId, "credentialId");
    const answer = await transport.call("send", method, `credentials/${credentialId}/configurations`, body, {
      ...ofCall(given),
      ...(configurationId && { selectedCredentialId: credentialId, selectedConfigurationId: configurationId }),
    });
    return isObject(answer) ? configurationsOf(answer) : [];
  }

  return {
    async updateIntegrationUserSettings(type, changed, given) {
      const values = object(changed, "settings");
      return update(text(type, "type"), callOptions(given), ({ sharedSettings }) => ({
        sharedSettings: { ...sharedSettings, ...values },
      }));
    },

    async updateWorkflowUserSettings(type, workflowId, changed, given) {
      const [workflow, values] = [id(workflowId, "workflowId"), object(changed, "settings")];
      return update(text(type, "type"), callOptions(given), ({ workflowSettings }) => {
        const state =
          isObject(workflowSettings) &&
          {}.hasOwnProperty.call(workflowSettings, workflow) &&
          workflowSettings[workflow];
        if (!isObject(state))
          throw invalid("workflowId", "is not a workflow that the account has settings of: enable it first");
        return {
          workflowSettings: {
            ...workflowSettings,
            [workflow]: { ...state, settings: { ...state.settings, ...values } },
          },
        };
      });
    },

    async updateWorkflowState(states, given) {
      const call = { ...ofCall(callOptions(given)), ...selection(callOptions(given)) };
      const errors = [];
      for (const [workflowId, enabled] of Object.entries(object(states, "states"))) {
        if (typeof enabled !== "boolean") throw invalid(`states.${workflowId}`, "must be true or false");
      }
      for (const [workflowId, enabled] of Object.entries(states)) {
        try {
          await transport.call(enabled ? "enableWorkflow" : "disableWorkflow", workflowId, call);
        } catch (error) {
          if (isFinal(error)) throw error;
          errors.push({ workflowId, message: error.message, code: error.code });
        }
      }
      return { user: await transport.call("getUser", ofCall(call)), errors };
    },

    async createConfiguration(given) {
      const { externalId } = object(given, "options");
      const body = externalId === undefined ? {} : { externalId: text(externalId, "externalId") };
      const all = await configure("POST", given, body);
      const [newest] = all.sort((a, b) => new Date(b.dateCreated) - new Date(a.dateCreated));
      if (!newest) throw unexpected("a credential with its configurations");
      return newest;
    },

    async updateConfiguration(given) {
      const wanted = id(object(given, "options").id, "id");
      const found = named(await configure("PATCH", given, { meta: object(given.meta, "meta") }, wanted), wanted);
      if (!found) throw unexpected("a credential with the configuration");
      return found;
    },

    async destroyConfiguration(given) {
      const wanted = id(object(given, "options").id, "id");
      const credentialId = id(given.credentialId, "credentialId");
      const credential = await transport.call("send", "GET", `credentials/${credentialId}`, undefined, ofCall(given));
      if (isObject(credential) && named(configurationsOf(credential), wanted)?.isDefault) {
        throw invalid("id", "is the default configuration, which cannot be removed");
      }
      await configure("DELETE", given, undefined, wanted);
    },
  };
}
