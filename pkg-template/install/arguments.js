// What is read from arguments. The module checks them: see `module.js`.

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The options that every call takes; the module checks their values. */
export const ofCall = ({ signal, timeoutMs, maxRetries }) => ({ signal, timeoutMs, maxRetries });

/** The options that select an account and a configuration of it. */
export const selection = ({ selectedCredentialId, selectedConfigurationId }) => ({
  selectedCredentialId,
  selectedConfigurationId,
});
