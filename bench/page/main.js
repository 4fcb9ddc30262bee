// The application that is measured, the same for each contender. With a token it signs in and gets
// the user as soon as it is opened; then it waits to be told what else to do.

import * as client from "contender";

const { api, project, token } = Object.fromEntries(new URLSearchParams(location.search));

async function start() {
  await client.configure(api);
  window.bench = { client };
  if (token) {
    await client.authenticate(project, token);
    const { userId, integrations } = await client.getUser();
    // The clock started with the navigation.
    Object.assign(window.bench, { coldMs: performance.now(), userId, integrations: Object.keys(integrations).length });
  }
}

// `report` is the benchmark's.
start().then(
  () => window.report("ready"),
  (error) => window.report(`failed: ${error}`),
);
