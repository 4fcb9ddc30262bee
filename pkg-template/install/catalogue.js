// The project's integrations, as far as they are needed to connect and to configure accounts.

import { isObject, ofCall } from "./arguments.js";
import { callOptions, failure, text } from "./module.js";

/** How long the list is used before it is fetched again. */
const FRESH_MS = 60_000;

/** The name by which applications know an integration. */
export const nameOf = ({ type, customIntegration }) => (type === "custom" && customIntegration?.slug) || type;

const withoutPrefix = (name) => name.replace(/^custom\./, "");

const isCalled = (integration, name) =>
  nameOf(integration) === name ||
  (integration.type === "custom" && withoutPrefix(nameOf(integration)) === withoutPrefix(name));

function find(list, name) {
  const all = list.filter((it) => isObject(it) && typeof it.type === "string" && /^[\w-]{1,128}$/.test(it.id));
  // A custom integration may have a product's name as its slug: the exact name wins.
  return all.find((it) => nameOf(it) === name) ?? all.find((it) => isCalled(it, name));
}

/** The user's entry of an integration. */
export function entryOf(user, integration) {
  const all = isObject(user?.integrations) ? user.integrations : {};
  const key = Object.keys(all).find((name) => isCalled(integration, name));
  return isObject(all[key]) ? all[key] : {};
}

export const credentialsOf = ({ allCredentials }) =>
  Array.isArray(allCredentials) ? allCredentials.filter(isObject) : [];

const list = (value) => (Array.isArray(value) ? value : []);
/** The list is kept, so applications get copies of its parts. */
export const copy = (value) => JSON.parse(JSON.stringify(value));

export const accountTypesOf = ({ sdkIntegrationConfig: config }) => list(config?.accountTypes);
export const postInputsOf = ({ sdkIntegrationConfig: config }) => list(config?.postOauthInputs);

const CLIENT_CREDENTIALS = [
  { id: "clientId", title: "Client ID", type: "TEXT_NO_VARS", required: true },
  { id: "clientSecret", title: "Client secret", type: "PASSWORD", required: true },
];

export function preInputsOf(integration, accountTypeId = "default") {
  if (integration.customIntegration) {
    return integration.authenticationType === "oauth_client_credential"
      ? CLIENT_CREDENTIALS
      : list(integration.customIntegration.inputFields);
  }
  const own = list(accountTypesOf(integration).find(({ id }) => id === accountTypeId)?.endUserSuppliedValues);
  return own.length ? own : list(integration.sdkIntegrationConfig?.authConfigInputs);
}

export function catalogue(transport) {
  /** The list, `{key, at, list}`, with the session in which it was fetched and the time. */
  let known;

  async function fetchList(given, call) {
    const { url, projectId, userId } = await call("installSession", given);
    const key = [url, projectId, userId].join();
    if (known?.key !== key || Date.now() - known.at > FRESH_MS) {
      const list = call("getIntegrations", given);
      const fetched = { key, at: Date.now(), list };
      const latest = list.then((value) => Object.assign(fetched, { value }));
      // Other calls share the request, unless its own call may abort it.
      if (call === transport.call && !given.signal && !given.timeoutMs) {
        known = fetched;
        latest.catch(() => {
          if (known === fetched) known = undefined;
        });
      } else {
        latest.then(
          () => (known = fetched),
          () => {},
        );
      }
      return list;
    }
    return known.list;
  }

  const catalogue = {
    /** @param call what sends the request, if one is needed */
    async find(type, given, call = transport.call) {
      const name = text(type, "type");
      const list = await fetchList(given, call);
      const found = find(list, name);
      if (found) return found;
      const integrationTypes = list.filter((it) => isObject(it) && typeof it.type === "string").map(nameOf);
      throw failure(
        "integration_not_found",
        `The project has no integration "${name}". It has: ${integrationTypes.join(", ")}.`,
        {
          details: { integrationTypes },
        },
      );
    },

    /** The user, as the server gave them last. */
    user: undefined,

    /** Adds an account that was just connected to that user. */
    note(integration, credential) {
      const entry = entryOf(catalogue.user, integration);
      const others = credentialsOf(entry).filter(({ id }) => id !== credential.id);
      const noted = { ...entry, credentialId: credential.id, allCredentials: [credential, ...others] };
      catalogue.user = { integrations: { ...catalogue.user?.integrations, [nameOf(integration)]: noted } };
    },

    /** The integration as it was fetched last, without a request. */
    guess: (type) => (known?.value ? find(known.value, type.trim()) : undefined),

    reads: {
      getAccountTypeOptions: async (type, given) =>
        copy(accountTypesOf(await catalogue.find(type, ofCall(callOptions(given))))),
      getPostOptions: async (type, given) => copy(postInputsOf(await catalogue.find(type, ofCall(callOptions(given))))),

      async getPreOptions(type, accountTypeId = "default", given) {
        const integration = await catalogue.find(type, ofCall(callOptions(given)));
        return copy(preInputsOf(integration, text(accountTypeId, "accountTypeId")));
      },

      async getIntegrationConfig(type, given) {
        const integration = await catalogue.find(type, ofCall(callOptions(given)));
        const values = integration.configs?.[0]?.values ?? {};
        const deployed = new Map(list(integration.workflows).map((workflow) => [workflow.id, workflow]));
        const forbidden = list(integration.noPermissionWorkflows);
        const workflows = Object.values(values.workflowMeta ?? {})
          .filter(({ id }) => deployed.has(id) || forbidden.includes(id))
          .map((workflow) => ({ ...workflow, description: deployed.get(workflow.id)?.description }));
        const isHidden = ({ id, hidden, permissions }) => Boolean(hidden || (permissions && forbidden.includes(id)));
        return copy({
          shortDescription: values.description,
          longDescription: values.overview,
          availableUserSettings: values.sharedMeta?.inputs,
          availableWorkflows: workflows.filter((workflow) => !isHidden(workflow)),
          hiddenWorkflows: workflows.filter(isHidden),
        });
      },

      async getIntegrationAccount(type, given) {
        const { includeAccountAuth = false, selectedCredentialId, ...rest } = callOptions(given);
        const query = new URLSearchParams({
          integration: text(type, "type"),
          includeAccountAuth: String(Boolean(includeAccountAuth)),
        });
        return transport.call("send", "GET", `credentials?${query}`, undefined, {
          ...ofCall(rest),
          selectedCredentialId,
        });
      },

      async getFieldOptions(query) {
        const given = callOptions(query);
        const { search, cursor, parameters = [], selectedCredentialId } = given;
        const sourceKey = text(given.action ?? given.source?.cacheKey, "action");
        const integration = await catalogue.find(given.integration, ofCall(given));
        const source = integration.sdkIntegrationConfig?.dataSources?.[sourceKey];
        if (source?.type === "STATIC_ENUM_DATA_SOURCE") {
          const wanted = String(search ?? "").toLowerCase();
          const data = list(source.values).filter(({ label }) => String(label).toLowerCase().includes(wanted));
          return { data: copy(data), nestedData: [], nextPageCursor: null };
        }
        const body = {
          action: nameOf(integration),
          sourceKey,
          parameters,
          paginationParameters: { pageCursor: cursor ?? 0, search },
        };
        const answer = await transport.call("send", "POST", "actions", body, {
          ...ofCall(given),
          selectedCredentialId,
        });
        const records = list(answer?.output?.records ?? answer?.output);
        const nested = isObject(records[0]) && "id" in records[0];
        return {
          data: nested ? [] : records,
          nestedData: nested ? records : [],
          nextPageCursor: answer?.output?.nextPageCursor || null,
        };
      },
    },
  };
  return catalogue;
}
