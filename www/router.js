// The view that is shown: the part of the address after `#`, so that a link leads to it, and the
// browser's buttons go back and forward.

/** The addresses of the views. Parameters that are empty are left out. */
export const addresses = {
  catalogue: ({ search, show } = {}) => address("integrations", { search, show }),
  integration: (type, { account } = {}) => address(`integrations/${encodeURIComponent(type)}`, { account }),
  metadata: () => address("metadata"),
};

function address(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  const query = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  return `#/${path}${query}`;
}

/**
 * The view of an address.
 *
 * @param {string} hash such as `#/integrations/slack`
 * @returns {{view: "catalogue" | "integration" | "metadata" | "missing", parameters: URLSearchParams, type?: string}}
 */
export function readAddress(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const parameters = new URLSearchParams(query);
  const [first, second, ...more] = path.split("/").filter((part) => part !== "");
  if (more.length > 0) return { view: "missing", parameters };
  if (first === undefined || (first === "integrations" && second === undefined)) {
    return { view: "catalogue", parameters };
  }
  if (first === "integrations") return { view: "integration", type: decoded(second), parameters };
  if (first === "metadata" && second === undefined) return { view: "metadata", parameters };
  return { view: "missing", parameters };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Another address of the same view: neither a step in the history nor a new view. */
export function amendAddress(hash) {
  history.replaceState(history.state, "", hash);
}
