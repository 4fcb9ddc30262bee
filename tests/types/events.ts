// Events: what they hold follows from the name, as a string and as a constant.

import { ParagonClient, SDK_EVENT, subscribe, unsubscribe } from "paragon-wasm";
import type {
  IntegrationInstallEvent,
  IntegrationUninstallEvent,
  ParagonEvents,
  SessionChangeEvent,
  WorkflowStateChangeEvent,
} from "paragon-wasm";
import { same, some } from "./assert.js";

subscribe("onIntegrationInstall", (event) => same<typeof event, IntegrationInstallEvent>());
subscribe("onIntegrationUninstall", (event) => same<typeof event, IntegrationUninstallEvent>());
subscribe("onWorkflowChange", (event) => same<typeof event, WorkflowStateChangeEvent>());
subscribe("onSessionChange", (event) => same<typeof event, SessionChangeEvent>());
subscribe(SDK_EVENT.ON_INTEGRATION_INSTALL, (event) => same<typeof event, IntegrationInstallEvent>());
subscribe(SDK_EVENT.ON_INTEGRATION_UNINSTALL, (event) => same<typeof event, IntegrationUninstallEvent>());
subscribe(SDK_EVENT.ON_WORKFLOW_CHANGE, (event) => same<typeof event, WorkflowStateChangeEvent>());
subscribe(SDK_EVENT.ON_SESSION_CHANGE, (event) => same<typeof event, SessionChangeEvent>());
same<(typeof SDK_EVENT)[keyof typeof SDK_EVENT], keyof ParagonEvents>();

// A listener may take less than there is, and may be asynchronous.
const stop = subscribe("onSessionChange", () => {});
same<typeof stop, () => boolean>();
subscribe("onWorkflowChange", async ({ workflowStateChange: { enabled } }) => same<typeof enabled, boolean>());
new ParagonClient().subscribe("onSessionChange", ({ state }) => {
  same<typeof state, "signedIn" | "signedOut" | "expired">();
  // @ts-expect-error: there is no such state
  if (state === "signed out") return;
});

const listener = (event: WorkflowStateChangeEvent): string => event.workflowId;
subscribe("onWorkflowChange", listener);
const was = unsubscribe("onWorkflowChange", listener);
same<typeof was, boolean>();

// @ts-expect-error: the event of another name
subscribe("onSessionChange", listener);
// @ts-expect-error: the event of another name
unsubscribe(SDK_EVENT.ON_INTEGRATION_INSTALL, listener);
// @ts-expect-error: a session has no workflow
subscribe("onSessionChange", ({ workflowId }) => workflowId);
// @ts-expect-error: there is no such event
subscribe("onSessionEnd", () => {});
// @ts-expect-error: nor is every string one
subscribe(some<string>(), () => {});
// @ts-expect-error: there is no such constant
subscribe(SDK_EVENT.ON_SESSION_END, () => {});
// @ts-expect-error: nobody listens
subscribe("onSessionChange");
// @ts-expect-error: the names are constants
SDK_EVENT.ON_SESSION_CHANGE = "onWorkflowChange";
