// Signing in with a user token of one's own. The token leaves this form only for the package.

import { isParagonError } from "paragon-wasm";
import { button, fill, h, newId, whileBusy } from "./dom.js";
import { withChevron } from "./forms/select.js";
import { codeLine, errorNotice, messageOf } from "./notice.js";

/** The address of the Users API of Paragon's cloud. */
const CLOUD = "https://api.useparagon.com";

const SERVERS = {
  cloud: { label: "Paragon’s cloud", configuration: () => ({ apiUrl: CLOUD }) },
  host: {
    label: "On-premise host",
    placeholder: "paragon.example.com",
    hint: "The name alone: example.com means https://zeus.example.com.",
    configuration: (host) => ({ host }),
  },
  apiUrl: {
    label: "API URL",
    placeholder: "http://localhost:4010",
    hint: "Any origin. Plain http only for this machine.",
    configuration: (apiUrl) => ({ apiUrl }),
  },
};

/** The field that an error is about. Other errors are shown below the form. */
const FIELD_OF = {
  invalid_project_id: "project",
  invalid_token: "token",
  token_expired: "token",
  unauthorized: "token",
  invalid_configuration: "address",
};

/** @param {(credentials: {configuration: object, projectId: string, token: string}) => Promise<void>} signInWith */
export function createTokenForm(signInWith) {
  const project = field("Project id", h("input", { autocomplete: "off", spellcheck: "false" }), {
    hint: "A UUID: copy it from the Overview page of your Paragon project.",
  });
  // Without a name, so that not even a browser without scripts could put it into an address.
  const token = field(
    "Paragon User Token",
    h("input", { type: "password", autocomplete: "off", spellcheck: "false" }),
    {
      hint: "The JWT that your server signs. It is not stored, and gone from this field once it is used.",
    },
  );
  const address = field("Host", h("input", { autocomplete: "off", spellcheck: "false", inputmode: "url" }), {
    hint: "",
  });
  const serverId = newId("server");
  const server = h(
    "select",
    { id: serverId },
    Object.entries(SERVERS).map(([value, { label }]) => h("option", { value }, label)),
  );
  const chosen = () => SERVERS[server.value];
  const showAddress = () => {
    address.element.hidden = server.value === "cloud";
    address.label.textContent = chosen().label;
    address.hint.textContent = chosen().hint ?? "";
    address.input.placeholder = chosen().placeholder ?? "";
  };
  server.addEventListener("change", showAddress);
  showAddress();

  const fields = { project, token, address };
  const problem = h("div");
  const submit = button("Sign in", { look: "primary", type: "submit" });

  async function signIn() {
    fill(problem);
    for (const each of Object.values(fields)) each.say(undefined);
    try {
      await signInWith({
        configuration: chosen().configuration(address.input.value.trim()),
        projectId: project.input.value.trim(),
        token: token.input.value.trim(),
      });
      token.input.value = "";
    } catch (error) {
      const about = isParagonError(error) ? FIELD_OF[error.code] : undefined;
      // The other fields' faults are found before the token is used.
      if (about !== "project" && about !== "address") token.input.value = "";
      if (about !== undefined && !fields[about].element.hidden) {
        fields[about].say(error);
        fields[about].input.focus();
      } else {
        fill(problem, errorNotice(error, { title: "Signing in failed" }));
      }
    }
  }

  return h(
    "form",
    {
      class: "panel token-form",
      novalidate: true,
      on: {
        submit(event) {
          event.preventDefault();
          whileBusy(submit, signIn);
        },
      },
    },
    project.element,
    token.element,
    h("div", { class: "field" }, h("label", { class: "label", for: serverId }, "Server"), withChevron(server)),
    address.element,
    problem,
    h("div", { class: "actions" }, submit),
  );
}

function field(text, input, { hint }) {
  const ids = { input: newId("field"), hint: newId("hint"), error: newId("error") };
  const label = h("label", { class: "label", for: ids.input }, text);
  const hintLine = h("p", { class: "hint", id: ids.hint }, hint);
  const errorLine = h("p", { class: "field-error", id: ids.error, role: "alert" });
  input.id = ids.input;
  input.setAttribute("aria-describedby", `${ids.error} ${ids.hint}`);
  return {
    element: h("div", { class: "field" }, label, input, errorLine, hintLine),
    label,
    input,
    hint: hintLine,
    say(error) {
      input.removeAttribute("aria-invalid");
      if (error === undefined) {
        fill(errorLine);
      } else {
        input.setAttribute("aria-invalid", "true");
        fill(errorLine, messageOf(error), " ", codeLine(error));
      }
    },
  };
}
