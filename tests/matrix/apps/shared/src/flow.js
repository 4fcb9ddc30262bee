// What every application of the matrix does with the package.

/** Signs in, reads, writes and disconnects; gives what came of it. */
export async function flow(paragon, query) {
  const { sandbox, projectId, token } = Object.fromEntries(new URLSearchParams(query));
  const before = await paragon.getUser();
  await paragon.configureGlobal({ apiUrl: sandbox });
  await paragon.authenticate(projectId, token);
  const { userId, integrations } = await paragon.getUser();
  const events = [];
  paragon.subscribe("onIntegrationUninstall", ({ integrationType }) => events.push(integrationType));
  const { meta } = await paragon.setUserMetadata({ Name: "Matrix" });
  await paragon.uninstallIntegration("slack");
  const after = await paragon.getUser();
  const refused = await paragon.setUserMetadata({ wrong() {} }).catch((error) => error);
  return {
    before,
    userId,
    slack: [integrations.slack.enabled, after.integrations.slack.enabled],
    name: meta.Name,
    events,
    refused: [refused.code, refused instanceof paragon.ParagonError, paragon.isParagonError(refused)],
  };
}

/** The same, with the page's query, shown in the page. */
export async function show(paragon, document = globalThis.document) {
  const output = document.querySelector("output");
  try {
    output.textContent = JSON.stringify(await flow(paragon, location.search));
  } catch (error) {
    output.textContent = `failed: ${error.code} ${error.stack ?? error}`;
  }
}
