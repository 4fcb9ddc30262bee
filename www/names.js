// The name and the look of an integration.

/**
 * The name, colour and icon of an integration.
 *
 * @param {string} type as `getUser()` has it
 * @param {import("paragon-wasm").IntegrationMetadata[]} known what `getIntegrationMetadata()` gave;
 *   empty where it could not be had
 * @returns {{type: string, name: string, brandColor?: string, icon?: string}}
 */
export function describeIntegration(type, known) {
  const short = (name) => name.replace(/^custom\./, "");
  const found = known.find((one) => one.type === type) ?? known.find((one) => short(one.type) === short(type));
  return { name: title(type), ...found, type };
}

/** `custom.task-bird` → `Task Bird`. */
function title(type) {
  const words = type
    .replace(/^custom\./, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((word) => word !== "")
    .map((word) => word[0].toUpperCase() + word.slice(1));
  return words.join(" ") || type;
}
