// The official SDK, directed to the local Paragon.

import { paragon } from "@useparagon/connect";

export function configure(apiUrl) {
  const names = ["API_TRIGGER_KIT", "CDN", "DASHBOARD", "HERMES", "PASSPORT", "WORKER_PROXY", "ZEUS"];
  const hosts = Object.fromEntries(names.map((name) => [`${name}_PUBLIC_URL`, apiUrl]));
  // Its frame for the Connect Portal gets an empty page, which costs less than the portal.
  const portal = { PASSPORT_PRODUCTION_URL: apiUrl, CONNECT_PUBLIC_URL: location.origin };
  paragon.configureGlobal({ host: location.hostname }, { ...hosts, ...portal });
}

export const authenticate = (projectId, token, options) => paragon.authenticate(projectId, token, options);
// It answers at once, from memory.
export const getUser = async () => paragon.getUser();
export const request = (type, path, options) => paragon.request(type, path, options);
export const uninstallIntegration = (type) => paragon.uninstallIntegration(type);
