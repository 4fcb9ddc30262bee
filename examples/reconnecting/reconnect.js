import { getUser, installIntegration, subscribe } from "paragon-wasm";

/** The user's accounts that no longer work, or whose setup was left unfinished. */
export async function brokenAccounts() {
  const { integrations = {} } = await getUser();
  return Object.entries(integrations).flatMap(([type, { allCredentials = [] }]) =>
    allCredentials.filter(({ status }) => status !== "VALID").map(({ id, status }) => ({ type, id, status })),
  );
}

/** Connects an account again: it keeps its id, its settings and its workflows. In a click. */
export function reconnect({ type, id }) {
  return installIntegration(type, { selectedCredentialId: id });
}

/**
 * Keeps a banner for each of them in `container`.
 *
 * @param ask what to do for an account that takes a form: open the one that connects it
 */
export function watchAccounts(container, ask) {
  async function refresh() {
    const banners = (await brokenAccounts()).map((account) => {
      const banner = document.createElement("p");
      const button = document.createElement("button");
      button.textContent = account.status === "PENDING" ? "Finish setup" : "Reconnect";
      button.onclick = () =>
        reconnect(account).catch((error) => {
          if (error.code === "input_required") ask(account);
          else banner.append(` ${error.message}`);
        });
      banner.append(`${account.type} needs your attention. `, button);
      return banner;
    });
    container.replaceChildren(...banners);
  }

  // Consent is taken back elsewhere: look again whenever the user comes back.
  const look = () => void refresh().catch(console.error);
  addEventListener("focus", look);
  subscribe("onIntegrationInstall", look);
  subscribe("onIntegrationUninstall", look);
  return refresh();
}
