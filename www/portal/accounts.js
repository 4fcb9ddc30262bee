// A user's accounts: their states in words, their names, what is set of them.

/** The states in the user's words. Any other status asks for reconnecting too. */
const STATES = {
  VALID: { tone: "good", words: "Connected" },
  INVALID: {
    tone: "bad",
    words: "Reconnect needed",
    action: "Reconnect",
    prompt: (name) => `${name} no longer accepts this connection. Its workflows fail until you connect it again.`,
  },
  EXPIRED: {
    tone: "bad",
    words: "Expired",
    action: "Reconnect",
    prompt: (name) => `Access to ${name} has expired. Connect it again to renew it.`,
  },
  PENDING: {
    tone: "warn",
    words: "Setup unfinished",
    action: "Finish setup",
    prompt: (name) => `${name} has given access. A few questions are left before it can be used.`,
  },
};

export const NOT_CONNECTED = { tone: "off", words: "Not connected" };

/** The state of an integration, or of what the user has of it. */
export function stateOf({ credentialStatus, enabled }) {
  if (credentialStatus === undefined || credentialStatus === null) {
    return enabled ? STATES.VALID : NOT_CONNECTED;
  }
  return statusState(credentialStatus);
}

export function statusState(status) {
  if (Object.hasOwn(STATES, status)) return STATES[status];
  return { ...STATES.INVALID, words: `Reconnect needed (${status})` };
}

/**
 * @typedef {object} Account
 * @property {string} [id] absent where the server lists no accounts
 * @property {string} status
 * @property {string} [name] as the provider calls it
 * @property {string} [providerId]
 * @property {string} [externalId]
 * @property {string} [since] ISO 8601
 * @property {boolean} isDefault
 * @property {object} sharedSettings
 * @property {object} workflowSettings
 */

/**
 * The accounts that the user has of an integration, the default one first.
 *
 * @param {import("paragon-wasm").UserIntegration} entry
 * @returns {Account[]}
 */
export function accountsOf(entry) {
  if (stateOf(entry) === NOT_CONNECTED) return [];
  const listed = Array.isArray(entry.allCredentials) ? entry.allCredentials : [];
  if (listed.length === 0) {
    return [{ ...account({ ...entry, id: entry.credentialId, status: entry.credentialStatus }), isDefault: true }];
  }
  const isDefault = ({ id }, position) =>
    entry.credentialId === undefined ? position === 0 : id === entry.credentialId;
  return listed
    .map((credential, position) => ({ ...account(credential), isDefault: isDefault(credential, position) }))
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

function account(credential) {
  const configurations = Array.isArray(credential.configurations) ? credential.configurations : [];
  const own = configurations.find((one) => one?.isDefault) ?? configurations[0] ?? credential;
  return {
    id: credential.id,
    status: credential.status,
    name: accountName(credential),
    providerId: credential.providerId,
    externalId: credential.externalId,
    since: credential.dateCreated,
    sharedSettings: own.sharedSettings ?? {},
    workflowSettings: own.workflowSettings ?? {},
  };
}

/** The name of an account, also of one that has none. */
export const titleOf = ({ name, providerId, externalId }) => name ?? providerId ?? externalId ?? "Account";

/** The properties in which providers give the name of an account, the most telling first. */
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

/** The provider's name of the account, found among its details, up to one level deep. */
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

/** True if the user has to do something about one of the accounts. */
export const needsAttention = (accounts) => accounts.some(({ status }) => statusState(status).prompt);

/** The number of workflows of an account that are on. */
export const enabledWorkflows = ({ workflowSettings }) =>
  Object.values(workflowSettings).filter((workflow) => workflow?.enabled).length;
