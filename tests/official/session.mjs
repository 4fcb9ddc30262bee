// Scenarios of the session: the user, and the accounts that they have connected.

import assert from "node:assert/strict";

import { KEPT, UNINSTALLED, WHY, unchanged } from "./reasons.mjs";

const USER = [
  "authenticated",
  "userId",
  "meta",
  ...["enabled", "credentialStatus", "providerData", "providerId"].map((it) => `integrations.*.${it}`),
];

export const authenticate = [
  {
    scenario: "a valid token",
    signIn: false,
    run: ({ paragon, projectId, token }) => paragon.authenticate(projectId, token),
    why: { requests: WHY.signIn, ...KEPT },
  },
  {
    scenario: "new metadata",
    signIn: false,
    run: ({ paragon, projectId, token }) =>
      paragon.authenticate(projectId, token, { metadata: { Plan: "pro", Seats: 12 } }),
    effect: (before, after) => assert.deepEqual(after.meta, { ...before.meta, Plan: "pro", Seats: 12 }),
    why: {
      requests: "The answer to the `PATCH` is the user, so paragon-wasm needs no `GET` before it.",
      ...KEPT,
    },
  },
  {
    scenario: "metadata that is stored already",
    signIn: false,
    run: ({ paragon, projectId, token }) =>
      paragon.authenticate(projectId, token, { metadata: { Plan: "enterprise" } }),
    why: {
      requests:
        "The official SDK reads first and then has nothing to write; paragon-wasm writes what is the same. One request instead of two.",
      body: "See above.",
      ...KEPT,
    },
  },
  {
    scenario: "an expired token",
    signIn: false,
    claims: { expiresInSeconds: -60 },
    run: ({ paragon, projectId, token }) => paragon.authenticate(projectId, token),
    why: { result: WHY.code, console: WHY.console },
  },
  {
    scenario: "a token of another project",
    signIn: false,
    claims: { projectId: "2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b" },
    run: ({ paragon, ids, token }) => paragon.authenticate(ids.project, token),
    why: { requests: WHY.signIn, result: WHY.code, console: WHY.console },
  },
  {
    scenario: "no token",
    signIn: false,
    run: ({ paragon, projectId }) => paragon.authenticate(projectId, ""),
    why: { result: WHY.code },
  },
];

export const getUser = [
  {
    scenario: "a user in every state",
    run: ({ paragon }) => paragon.getUser(),
    documented: USER,
    why: {
      requests:
        "The official SDK gives what it knew at sign-in or at the last change that it made itself; paragon-wasm asks the server, so that a revoked account is seen.",
      answers: WHY.promise,
      result: WHY.passed,
    },
  },
  {
    scenario: "before signing in",
    signIn: false,
    run: ({ paragon }) => paragon.getUser(),
    why: { answers: WHY.promise },
  },
];

export const setUserMetadata = [
  {
    scenario: "strings, numbers and nesting",
    run: ({ paragon }) =>
      paragon.setUserMetadata({ Plan: "pro", Seats: 12, Address: { City: "Kyoto" }, Gone: undefined }),
    documented: USER,
    effect: (before, after) =>
      assert.deepEqual(after.meta, { ...before.meta, Plan: "pro", Seats: 12, Address: { City: "Kyoto" } }),
    why: {
      requests: "The answer to the `PATCH` is the user; paragon-wasm doesn't ask for them again.",
      result: `${WHY.passed} The official result includes the user token.`,
      ...KEPT,
    },
  },
  {
    scenario: "`name` and `email` in lower case",
    run: ({ paragon }) => paragon.setUserMetadata({ name: "Ada", email: "ada@lantern.example" }),
    why: {
      requests: "As above.",
      body: "Paragon documents `Name` and `Email` as case-sensitive. The official SDK renames them; paragon-wasm sends what it was given and warns.",
      result: "What is stored differs, see the next rows.",
      ...KEPT,
      state: "The consequence of what was sent.",
      console: "The warning names the documented key.",
    },
  },
  {
    scenario: "a value that JSON cannot hold",
    run: ({ paragon }) => paragon.setUserMetadata({ Plan: "pro", Total: 10n }),
    effect: unchanged,
    why: { result: "Neither sends anything; paragon-wasm names the member, in `details.path`." },
  },
];

export const uninstallIntegration = [
  {
    scenario: "a connected integration",
    run: ({ paragon }) => paragon.uninstallIntegration("slack"),
    effect: (before, after) => {
      assert.equal(before.integrations.slack.enabled, true);
      assert.deepEqual(
        [after.integrations.slack.enabled, after.integrations.slack.credentialStatus],
        [false, undefined],
      );
      assert.deepEqual(after.integrations.salesforce, before.integrations.salesforce);
    },
    why: UNINSTALLED,
  },
  {
    scenario: "an account that must be reconnected",
    run: ({ paragon }) => paragon.uninstallIntegration("hubspot"),
    effect: (before, after) => {
      assert.equal(before.integrations.hubspot.credentialStatus, "INVALID");
      assert.equal(after.integrations.hubspot.credentialStatus, undefined);
    },
    more: 1,
    why: { ...UNINSTALLED, requests: WHY.looks },
  },
  {
    scenario: "one of two accounts",
    userId: "mateo",
    run: ({ paragon, ids }) =>
      paragon.uninstallIntegration("salesforce", { selectedCredentialId: ids.credential["0055e000004SdEgAAK"] }),
    effect: (before, after) => {
      const accounts = ({ integrations }) => integrations.salesforce.allCredentials.map((it) => it.providerId);
      assert.deepEqual(accounts(before), ["0055e000004SdEfAAK", "0055e000004SdEgAAK"]);
      assert.deepEqual(accounts(after), ["0055e000004SdEfAAK"]);
    },
    why: UNINSTALLED,
  },
  {
    scenario: "a custom integration",
    userId: "ines",
    run: ({ paragon }) => paragon.uninstallIntegration("custom.taskbird"),
    effect: (before, after) =>
      assert.deepEqual(
        [before, after].map((it) => it.integrations["custom.taskbird"].enabled),
        [true, false],
      ),
    why: UNINSTALLED,
  },
  {
    scenario: "an integration that is not connected",
    userId: "noor",
    run: ({ paragon }) => paragon.uninstallIntegration("slack"),
    effect: unchanged,
    more: 1,
    why: { requests: WHY.looks, result: WHY.code },
  },
  {
    scenario: "an integration that the project does not have",
    run: ({ paragon }) => paragon.uninstallIntegration("slak"),
    effect: unchanged,
    why: { requests: WHY.resolves, result: `${WHY.code} \`details.integrationTypes\` lists what there is.` },
  },
  {
    scenario: "before signing in",
    signIn: false,
    run: ({ paragon }) => paragon.uninstallIntegration("slack"),
    why: { result: WHY.code },
  },
];

export const getIntegrationMetadata = [
  {
    scenario: "all integrations",
    run: ({ paragon }) => paragon.getIntegrationMetadata(),
    documented: ["*.type", "*.name", "*.brandColor"],
    why: { requests: WHY.asks, answers: WHY.promise, result: WHY.icon },
  },
  {
    scenario: "one integration",
    run: ({ paragon }) => paragon.getIntegrationMetadata("salesforce"),
    documented: ["type", "name", "brandColor"],
    why: { requests: WHY.asks, answers: WHY.promise, result: WHY.icon },
  },
  {
    scenario: "one that the project does not have",
    run: ({ paragon }) => paragon.getIntegrationMetadata("slak"),
    why: {
      requests: WHY.asks,
      answers: WHY.rejects,
      result: `${WHY.code} \`details.integrationTypes\` lists what there is.`,
    },
  },
];

export const logout = [
  {
    scenario: "and the user afterwards",
    run: async ({ paragon, logout }) => {
      await logout();
      return paragon.getUser();
    },
    why: KEPT,
  },
];
