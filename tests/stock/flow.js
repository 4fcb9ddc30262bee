// The calls that every stock package is tried with.

/** Signs in, reads, writes and disconnects; returns the results. */
export async function flow(paragon, query) {
  const { sandbox, projectId, token } = Object.fromEntries(new URLSearchParams(query));
  await paragon.configureGlobal({ apiUrl: sandbox });
  await paragon.authenticate(projectId, token);
  const { userId, integrations } = await paragon.getUser();
  const events = [];
  const unsubscribe = paragon.subscribe("onIntegrationUninstall", ({ integrationType }) =>
    events.push(integrationType),
  );
  const { meta } = await paragon.setUserMetadata({ Name: "Stock" });
  await paragon.uninstallIntegration("slack");
  const after = await paragon.getUser();
  const refused = await paragon.setUserMetadata({ wrong() {} }).catch((error) => error);
  const other = new paragon.ParagonClient({ apiUrl: sandbox, projectId });
  await other.authenticate(undefined, token);
  return {
    userId,
    slack: [integrations.slack.enabled, after.integrations.slack.enabled],
    name: meta.Name,
    events,
    unsubscribed: [unsubscribe(), unsubscribe()],
    refused: [refused instanceof Error, refused.code],
    other: (await other.getUser()).userId,
  };
}

/** The same with the page's query; the page shows the results. */
export async function show(paragon) {
  const output = document.querySelector("output");
  try {
    output.textContent = JSON.stringify(await flow(await paragon, location.search));
  } catch (error) {
    output.textContent = `failed: ${error.code} ${error.stack ?? error}`;
  }
}
