// Connecting accounts and configuring them.

import {
  ParagonClient,
  completeInstall,
  connect,
  createConfiguration,
  destroyConfiguration,
  getAccountTypeOptions,
  getFieldOptions,
  getIntegrationAccount,
  getIntegrationConfig,
  getPostOptions,
  getPreOptions,
  installFlow,
  installIntegration,
  updateConfiguration,
  updateIntegrationUserSettings,
  updateWorkflowState,
  updateWorkflowUserSettings,
} from "paragon-wasm";
import type {
  AccountType,
  AuthenticatedUser,
  ConnectInput,
  CredentialConfig,
  FieldOptions,
  InstallFlow,
  InstallFlowStage,
  IntegrationInstallEvent,
  IntegrationWorkflow,
  ParagonError,
  SettingsUpdate,
  User,
} from "paragon-wasm";
import { same, some } from "./assert.js";

// Connecting at once.
const event = await installIntegration("slack");
same<typeof event, IntegrationInstallEvent>();
same<typeof connect, typeof installIntegration>();
await installIntegration("salesforce", {
  accountType: ["default", "sandbox"],
  allowMultipleCredentials: true,
  externalId: some<string | undefined>(),
  overrideRedirectUrl: "https://app.example.com/oauth",
  oauthTimeout: 60_000,
  bypassPostOAuthPrompt: true,
  preOptions: { subdomain: "acme" },
  postOptions: { project: 7, sync: true, note: undefined, map: { a: ["b"] } },
  onInstall: (event, user) => {
    same<typeof event, IntegrationInstallEvent>();
    same<typeof user, User>();
  },
  onSuccess: () => {},
  onError: (error) => same<typeof error, ParagonError>(),
  signal: AbortSignal.timeout(1),
  timeoutMs: 10,
  maxRetries: 0,
});
// A window that the browser may have refused to open.
await installIntegration("custom.ledger", { popup: window.open(), selectedCredentialId: "ext:7" });
// @ts-expect-error: misspelt
await installIntegration("slack", { allowMultipleCredential: true });
// @ts-expect-error: there is no portal to show
await installIntegration("slack", { showPortalAfterInstall: true });
// @ts-expect-error: milliseconds are a number
await installIntegration("slack", { oauthTimeout: "1 min" });
// @ts-expect-error: which one?
await installIntegration();

// Connecting step by step, linear.
let stage = await installFlow.start("zendesk", { onNext: (stage) => same<typeof stage, InstallFlowStage>() });
while (!stage.done) {
  switch (stage.stage) {
    case "accountType":
      same<typeof stage.options, AccountType[]>();
      stage = await installFlow.setAccountType(stage.options[0]?.id ?? "default");
      break;
    case "preOptions":
      same<typeof stage.options, ConnectInput[]>();
      stage = await installFlow.setPreOptions({ subdomain: "acme" });
      break;
    case "postOptions":
      stage = await installFlow.setPostOptions({});
      break;
    case "instruction":
      stage.finish.onClick();
      stage = await installFlow.next();
      break;
    default:
      same<typeof stage.stage, "oauth">();
      stage = await installFlow.next();
  }
}
same<typeof stage.event, IntegrationInstallEvent>();
same<Awaited<ReturnType<typeof installFlow.cancel>>, void>();
// Or with callbacks.
void new ParagonClient().installFlow.start("jira", {
  onComplete: (event) => same<typeof event, IntegrationInstallEvent>(),
  onError: (error, context) => {
    same<typeof error, ParagonError>();
    if (context?.stage === "oauth") void installFlow.next();
    // @ts-expect-error: nothing fails once it is done
    if (context?.stage === "done") return;
  },
});
const { installFlow: own }: ParagonClient = new ParagonClient();
same<typeof own, InstallFlow>();
// @ts-expect-error: it is kept for the client's life
new ParagonClient().installFlow = own;
// @ts-expect-error: which account type?
await installFlow.setAccountType();
// @ts-expect-error: a date is no answer
await installFlow.setPreOptions({ since: new Date() });
// @ts-expect-error: this is for installIntegration
await installFlow.start("jira", { onInstall: () => {} });

same<Awaited<ReturnType<typeof completeInstall>>, IntegrationInstallEvent>();
await completeInstall("hubspot", { authorizationCode: "code", redirectUrl: "https://app.example.com" });
// @ts-expect-error: the code is missing
await completeInstall("hubspot", { redirectUrl: "https://app.example.com" });

// The questions of a setup.
const config = await getIntegrationConfig("slack", { timeoutMs: 10 });
same<typeof config.availableWorkflows, IntegrationWorkflow[]>();
same<typeof config.longDescription, string | undefined>();
same<Awaited<ReturnType<typeof getAccountTypeOptions>>, AccountType[]>();
const inputs = [...(await getPreOptions("shopify", "custom-app")), ...(await getPostOptions("jira"))];
same<typeof inputs, ConnectInput[]>();
// @ts-expect-error: the options come third
await getPreOptions("shopify", { timeoutMs: 10 });
const choices = await getFieldOptions({
  integration: "jira",
  action: inputs[0]?.sourceType,
  cursor: some<FieldOptions>().nextPageCursor,
});
for (const choice of choices.data) {
  const labels = "items" in choice ? choice.items.map(({ label }) => label) : [choice.label];
  same<typeof labels, string[]>();
}
// @ts-expect-error: of which integration?
await getFieldOptions({ action: "projects" });
const account = await getIntegrationAccount("googledrive", { includeAccountAuth: true });
same<typeof account.accountAuth, { [name: string]: string } | undefined>();

// Settings.
const update = await updateIntegrationUserSettings("slack", { channel: "C1" }, { selectedCredentialId: "c" });
same<typeof update, SettingsUpdate>();
same<typeof update.userState, AuthenticatedUser>();
same<typeof updateWorkflowUserSettings extends (...args: never[]) => Promise<infer R> ? R : never, SettingsUpdate>();
await updateWorkflowUserSettings("slack", "w", { frequency: "daily" });
// @ts-expect-error: which settings?
await updateWorkflowUserSettings("slack", "w");
const { user, errors } = await updateWorkflowState({ w: true, v: false });
same<typeof user, User>();
same<(typeof errors)[number]["workflowId"], string>();
// @ts-expect-error: on or off
await updateWorkflowState({ w: "on" });

// Configurations.
const created = await createConfiguration({ credentialId: "c", externalId: "team-7", timeoutMs: 10 });
same<typeof created, CredentialConfig>();
await updateConfiguration({ id: created.id, credentialId: "c", meta: { team: ["a"] } });
await destroyConfiguration({ id: created.id, credentialId: "c" });
// @ts-expect-error: of which account?
await createConfiguration({});
// @ts-expect-error: meta is an object
await updateConfiguration({ id: "x", credentialId: "c", meta: "team" });
