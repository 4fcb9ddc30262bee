// A form of settings: it shows what is stored, sends what was changed, and says what came of it.

import { withSecrets } from "../calls.js";
import { button, fill, h, toast, whileBusy } from "../dom.js";
import { createFields, faultsOf } from "../forms/form.js";
import { icon } from "../icons.js";
import { errorNotice } from "../notice.js";

/**
 * @param {object} parts those of `createFields`, and
 * @param {string} parts.name what the settings are of
 * @param {(changes: object) => Promise<string[]>} parts.save gives what the service refused
 */
export function createSettings({ name, save, ...parts }) {
  const fields = createFields({ ...parts, onInput });
  const problem = h("div");
  const submit = button("Save", { look: "primary", type: "submit" });
  const discard = button("Discard", { on: { click: onDiscard } });
  let stored = parts.values ?? {};
  const foot = h("div", { class: "actions" }, submit, discard);

  function onInput() {
    fill(problem);
    refresh();
  }

  function refresh() {
    foot.hidden = Object.keys(fields.changes()).length === 0;
  }

  function onDiscard() {
    fill(problem);
    fields.say({});
    fields.show(stored, { discarding: true });
    refresh();
    // This button is hidden now.
    fields.focus();
  }

  async function onSubmit() {
    fill(problem);
    if (!fields.check()) return;
    const changes = withSecrets(fields.changes(), fields.secrets);
    try {
      const errors = await save(changes);
      if (errors.length > 0) {
        fill(problem, refused(errors));
        return;
      }
      toast(`The settings of ${name} are saved.`);
      refresh();
      fields.focus();
    } catch (error) {
      if (!fields.say(faultsOf(error))) fill(problem, errorNotice(error, { title: "Nothing was saved" }));
    }
  }

  foot.hidden = true;
  return {
    element: h(
      "form",
      {
        class: "settings",
        novalidate: true,
        on: {
          submit(event) {
            event.preventDefault();
            if (!foot.hidden) whileBusy(submit, onSubmit);
          },
        },
      },
      fields.element,
      problem,
      foot,
    ),
    show(values) {
      stored = values;
      fields.show(values);
      refresh();
    },
  };
}

function refused(errors) {
  return h(
    "div",
    { class: "notice notice-error", role: "alert" },
    icon("alert"),
    h(
      "div",
      { class: "notice-text" },
      h("strong", {}, "Not everything was saved"),
      errors.map((words) => h("p", {}, words)),
    ),
  );
}
