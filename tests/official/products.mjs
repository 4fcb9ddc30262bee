// Scenarios of what an application does with the integrations: workflows, events, requests.

import assert from "node:assert/strict";

import { KEPT, UNINSTALLED, WHY, unchanged } from "./reasons.mjs";

const SYNC = "Sync contacts to Salesforce";
const switched = (name, enabled) => (before, after, ids) => {
  const settings = ({ integrations }) => integrations.salesforce.workflowSettings[ids.workflow[name]];
  assert.deepEqual(
    [before, after].map((it) => settings(it).enabled),
    [!enabled, enabled],
  );
  assert.deepEqual(settings(after).settings, settings(before).settings);
};

export const disableWorkflow = [
  {
    scenario: "a workflow that is on",
    run: ({ paragon, ids }) => paragon.disableWorkflow(ids.workflow["Sync contacts to Salesforce"]),
    effect: switched(SYNC, false),
    why: KEPT,
  },
  {
    scenario: "one that is off",
    run: ({ paragon, ids }) => paragon.disableWorkflow(ids.workflow["Log calls as tasks"]),
    effect: unchanged,
    why: { requests: WHY.server, result: "What is asked for holds already; the server accepts it." },
  },
  {
    scenario: "one that does not exist",
    run: ({ paragon }) => paragon.disableWorkflow("00000000-0000-4000-8000-000000000000"),
    effect: unchanged,
    why: { requests: WHY.server, result: WHY.code },
  },
];

export const enableWorkflow = [
  {
    scenario: "a workflow that is off",
    run: ({ paragon, ids }) => paragon.enableWorkflow(ids.workflow["Log calls as tasks"]),
    effect: switched("Log calls as tasks", true),
    why: KEPT,
  },
  {
    scenario: "one that is on",
    run: ({ paragon, ids }) => paragon.enableWorkflow(ids.workflow["Sync contacts to Salesforce"]),
    effect: unchanged,
    why: { requests: WHY.server, result: "What is asked for holds already; the server accepts it." },
  },
  {
    scenario: "one of an account that must be reconnected",
    run: ({ paragon, ids }) => paragon.enableWorkflow(ids.workflow["Send won deals to HubSpot"]),
    effect: unchanged,
    why: { requests: WHY.server, result: WHY.code },
  },
];

export const event = [
  {
    scenario: "a name and a payload",
    run: ({ paragon }) => paragon.event("Contact Created", { id: 7, tags: ["new"] }),
    effect: unchanged,
    why: { requests: "The Users API documents the path without `/v2`." },
  },
];

export const workflow = [
  {
    scenario: "a body and a query",
    run: ({ paragon, ids }) =>
      paragon
        .workflow(ids.workflow["Sync contacts to Salesforce"], { body: { id: 7 }, query: { dry: "yes" } })
        .then(({ startedAt, ...answer }) => ({ ...answer, startedAt: typeof startedAt })),
    documented: ["received"],
    why: {},
  },
  {
    scenario: "without options",
    run: ({ paragon, ids }) =>
      paragon.workflow(ids.workflow["Sync contacts to Salesforce"]).then(({ received }) => ({ received })),
    why: {},
  },
  {
    scenario: "one that is off",
    run: ({ paragon, ids }) => paragon.workflow(ids.workflow["Log calls as tasks"]),
    why: { result: WHY.code },
  },
  {
    scenario: "one that does not exist",
    run: ({ paragon }) => paragon.workflow("00000000-0000-4000-8000-000000000000"),
    why: { requests: WHY.server, body: "See above.", answers: WHY.rejects, result: WHY.code },
  },
];

export const request = [
  {
    scenario: "`GET`",
    run: ({ paragon }) => paragon.request("salesforce", "services/data/query?q=SELECT+Id"),
    why: {},
  },
  {
    scenario: "`POST` with an object",
    run: ({ paragon }) => paragon.request("salesforce", "services/data", { method: "POST", body: { Name: "Ada" } }),
    why: {},
  },
  {
    scenario: "`POST` with `FormData`",
    run: ({ paragon }) => {
      const body = new FormData();
      body.set("name", "Ada");
      return paragon.request("salesforce", "services/data", { method: "POST", body }).then(({ ok }) => ok);
    },
    why: { body: WHY.bodies },
  },
  {
    scenario: "`POST` with `Headers`",
    run: ({ paragon }) => {
      const headers = new Headers({ "Content-Type": "text/csv", "X-Batch": "7" });
      return paragon
        .request("salesforce", "_echo", { method: "POST", body: "a,b", headers })
        .then(({ headers }) => ({ "content-type": headers["content-type"], "x-batch": headers["x-batch"] }));
    },
    why: {
      result: "The `Headers` do not reach the official SDK's request; paragon-wasm takes what `fetch` takes.",
    },
  },
  {
    scenario: "a binary answer",
    run: ({ paragon }) =>
      paragon
        .request("salesforce", "_file", { responseType: "arrayBuffer" })
        .then((answer) => (typeof answer === "string" ? "text" : `${answer.byteLength} bytes`)),
    why: { result: "The official SDK decodes the answer as text; paragon-wasm has `responseType`." },
  },
  {
    scenario: "a refusal by the product",
    run: ({ paragon }) => paragon.request("salesforce", "_status/422"),
    why: { result: `${WHY.code} \`status\` and \`details.response\` have the answer.` },
  },
  {
    scenario: "an integration that is not connected",
    userId: "noor",
    run: ({ paragon }) => paragon.request("slack", "chat.postMessage", { method: "POST", body: {} }),
    why: { result: WHY.code },
  },
];

export const subscribe = [
  {
    scenario: "an integration is disconnected",
    run: async ({ paragon }) => {
      const heard = [];
      paragon.subscribe("onIntegrationUninstall", (event) => heard.push(event));
      await paragon.uninstallIntegration("slack");
      return heard;
    },
    why: UNINSTALLED,
  },
  {
    scenario: "a workflow is switched off",
    run: async ({ paragon, ids }) => {
      const heard = [];
      paragon.subscribe("onWorkflowChange", (event) => heard.push(event));
      await paragon.disableWorkflow(ids.workflow["Sync contacts to Salesforce"]);
      return heard;
    },
    why: {
      result: "The official SDK has no event for this call; paragon-wasm has one for every change that it makes.",
      ...KEPT,
    },
  },
  {
    scenario: "after unsubscribing, nothing",
    run: async ({ paragon }) => {
      const heard = [];
      const end = paragon.subscribe("onIntegrationUninstall", (event) => heard.push(event));
      const was = end();
      await paragon.uninstallIntegration("slack");
      return { was, heard };
    },
    why: UNINSTALLED,
  },
];

export const unsubscribe = [
  {
    scenario: "a listener that is subscribed, then once more",
    run: ({ paragon }) => {
      const listener = () => {};
      paragon.subscribe("onIntegrationUninstall", listener);
      return [1, 2].map(() => paragon.unsubscribe("onIntegrationUninstall", listener));
    },
    why: {},
  },
];
