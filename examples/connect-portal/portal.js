import { ParagonClient } from "paragon-wasm";

const { VITE_PARAGON_PROJECT_ID: projectId, VITE_PARAGON_API_URL: apiUrl } = import.meta.env;
const paragon = new ParagonClient({ projectId, ...(apiUrl && { apiUrl }) });
const [message, dialog, form, fields, list] = document.querySelectorAll("#message, dialog, form, #fields, #list");

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// A JWT that your server signs for the user of its session.
const userToken = async () => (await (await fetch("/api/paragon-token", { method: "POST" })).json()).token;

// What there is, and what of it the user has connected.
async function show() {
  const [{ integrations }, all] = await Promise.all([paragon.getUser(), paragon.getIntegrationMetadata()]);
  const rows = all.map(async ({ type, name, icon }) => {
    const { shortDescription = "" } = await paragon.getIntegrationConfig(type);
    const { enabled, credentialStatus } = integrations[type] ?? {};
    const label = enabled ? "Disconnect" : credentialStatus ? "Reconnect" : "Connect";
    const act = () => (dialog.close(), enabled ? paragon.uninstallIntegration(type) : paragon.installFlow.start(type));
    const button = make("button", { onclick: () => go(act, type), ariaLabel: `${label} ${name}` }, label);
    return make("li", {}, make("img", { src: icon, alt: "" }), make("b", {}, name), shortDescription, button);
  });
  list.replaceChildren(...(await Promise.all(rows)));
}

// Takes a step, and asks for what the next one needs.
async function go(act, type) {
  try {
    message.textContent = "";
    const stage = await act();
    dialog.close();
    await (stage?.done === false ? ask(stage, type) : show());
  } catch (error) {
    message.textContent = error.message; // The form stays: what was refused can be corrected.
  }
}

const answer = {
  accountType: ({ kind }) => paragon.installFlow.setAccountType(kind),
  preOptions: (values) => paragon.installFlow.setPreOptions(values), // An API key, a subdomain.
  postOptions: (values) => paragon.installFlow.setPostOptions(values), // What the account is to be used for.
  instruction: (_, finish) => (finish.onClick(), paragon.installFlow.next()),
};

async function ask({ stage, options = [], content = "", ctas = [], finish }, type) {
  const inputs = stage === "accountType" ? [{ id: "kind", title: "Kind of account", items: options }] : options;
  const links = ctas.filter(({ href }) => href).map(({ href, label }) => make("a", { href, target: "_blank" }, label));
  fields.replaceChildren(content, ...links, ...(await Promise.all(inputs.map((input) => field(input, type)))));
  form.onreset = () => go(() => paragon.installFlow.cancel());
  form.onsubmit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    for (const { name, checked } of form.querySelectorAll("[type=checkbox]")) values[name] = checked;
    go(() => answer[stage](values, finish), type);
  };
  dialog.show();
}

async function field({ id: name, title, type, sourceType, items, required = true, defaultValue = "" }, integration) {
  const { data = items } = sourceType ? await paragon.getFieldOptions({ integration, action: sourceType }) : {};
  const choices = data?.map((it) => new Option(it.label ?? it.accountDescription ?? it.id, it.value ?? it.id));
  const kind = { PASSWORD: "password", SWITCH: "checkbox" }[type] ?? "text";
  const how = { type: kind, ...(kind === "checkbox" ? { checked: defaultValue } : { value: defaultValue, required }) };
  const control = choices ? make("select", { required }, new Option(), ...choices) : make("input", how);
  return make("label", {}, title, Object.assign(control, { name }));
}

go(() => paragon.authenticate(undefined, userToken));
