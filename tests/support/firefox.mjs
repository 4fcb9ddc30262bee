// Firefox as it is installed, driven by Playwright over WebDriver BiDi.

import { createRequire } from "node:module";

import { firefox } from "playwright-core";

/** The command that Playwright sends for every context, and that Firefox ESR 153 does not know yet. */
const UNKNOWN = "emulation.setMediaFeaturesOverride";

/**
 * Starts the Firefox that `FIREFOX` names.
 *
 * @param {{ blocksPopups?: boolean }} options
 */
export function launchFirefox({ blocksPopups = false }) {
  forgiveUnknownCommand();
  return firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    firefoxUserPrefs: {
      "dom.disable_open_during_load": blocksPopups,
      // What Firefox asks of its makers by itself.
      "app.normandy.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
    },
  });
}

/** Has Playwright take the refusal of that command for a success: it opens no page otherwise. */
function forgiveUnknownCommand() {
  const { prototype } = createRequire(import.meta.url)("playwright-core/lib/utilsBundle").ws;
  if (Object.hasOwn(prototype, "emit")) return;
  prototype.emit = function (name, data, isBinary) {
    const { emit } = Object.getPrototypeOf(prototype);
    if (name === "message" && data.includes('"unknown command"')) {
      const { id, error, message } = JSON.parse(data);
      if (error === "unknown command" && message.startsWith(UNKNOWN)) {
        return emit.call(this, name, Buffer.from(JSON.stringify({ type: "success", id, result: {} })), isBinary);
      }
    }
    return emit.apply(this, arguments);
  };
}
