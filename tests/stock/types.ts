// The types of a stock package, alone under strict.

import * as paragon from "paragon-wasm";

const client = new paragon.ParagonClient({ projectId: "p", timeoutMs: 1000 });
const user = await client.getUser();
if (user.authenticated) {
  const enabled: boolean | undefined = user.integrations.slack?.enabled;
  const token: Promise<void> = paragon.authenticate("p", "token");
  const unsubscribe: () => boolean = paragon.subscribe(
    "onIntegrationUninstall",
    (event) => event.integrationType.length,
  );
  void [enabled, token, unsubscribe];
}

// @ts-expect-error the npm package adds it
void paragon.installIntegration;
// @ts-expect-error it is not documented
void paragon.defaultClient;
// @ts-expect-error a type has to be a string
void paragon.uninstallIntegration(1);
