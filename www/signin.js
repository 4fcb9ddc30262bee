// Signing in: as a user of the local Paragon, or with a token for any other server.

import { button, fill, h, newId, whileBusy } from "./dom.js";
import { icon } from "./icons.js";
import { errorNotice, messageOf } from "./notice.js";
import { createTokenForm } from "./tokenform.js";

/**
 * @param {object} wiring
 * @param {string | undefined} wiring.sandbox
 * @param {() => Promise<object[]>} wiring.users those of the local Paragon
 * @param {(user: object) => Promise<void>} wiring.signInAs
 * @param {(credentials: object) => Promise<void>} wiring.signInWith
 * @param {Node | undefined} wiring.notice why there is no session any more
 */
export function createSignIn({ sandbox, users, signInAs, signInWith, notice }) {
  // One at a time: the second would change the server under the first, and so might send a token
  // to a server that it is not for.
  let isEntering = false;
  const oneAtATime = (enter) => async (whom) => {
    if (isEntering) throw new Error("Another sign-in is still on. Wait for it, or reload the page.");
    isEntering = true;
    try {
      await enter(whom);
    } finally {
      isEntering = false;
    }
  };

  const userPanel = h("div", { class: "signin-panel" });
  const tokenPanel = h("div", { class: "signin-panel" }, createTokenForm(oneAtATime(signInWith)));
  const state = h("div", { role: "status" });
  const group = newId("signin");
  const choices = [
    choice(group, "The sandbox", "Users of the local Paragon, ready to try", userPanel),
    choice(group, "Real Paragon or another server", "With your project’s id and a user token", tokenPanel),
  ];
  const choose = (chosen) => {
    for (const { input, panel } of choices) {
      input.checked = panel === chosen;
      panel.hidden = panel !== chosen;
    }
  };
  for (const { input, panel } of choices) input.addEventListener("change", () => choose(panel));

  async function load() {
    fill(state);
    if (sandbox === undefined) {
      fill(state, noSandbox("This page’s server names none."));
      choose(tokenPanel);
      return;
    }
    fill(userPanel, skeleton());
    userPanel.setAttribute("aria-busy", "true");
    try {
      fill(userPanel, userList(await users(), oneAtATime(signInAs)));
      choose(userPanel);
    } catch (error) {
      fill(userPanel);
      fill(state, noSandbox(messageOf(error), load));
      choose(tokenPanel);
    } finally {
      userPanel.removeAttribute("aria-busy");
    }
  }
  choose(userPanel);
  load();

  return h(
    "div",
    { class: "signin" },
    h(
      "header",
      { class: "page-head" },
      h("h1", { tabindex: "-1" }, "Sign in"),
      h(
        "p",
        { class: "lead" },
        "In a product its own server signs the user in, and the user sees the integrations right away. Here you choose whom to be.",
      ),
    ),
    notice,
    h(
      "fieldset",
      { class: "segments" },
      h("legend", { class: "visually-hidden" }, "Where to sign in"),
      choices.map(({ label }) => label),
    ),
    state,
    choices.map(({ panel }) => panel),
  );
}

function choice(group, title, hint, panel) {
  const input = h("input", { type: "radio", name: group });
  const label = h("label", { class: "segment" }, input, h("span", {}, h("strong", {}, title), h("small", {}, hint)));
  return { input, label, panel };
}

function userList(users, signInAs) {
  const problem = h("div");
  const projects = new Map();
  for (const user of users) {
    projects.set(user.projectId, [...(projects.get(user.projectId) ?? []), user]);
  }
  return [
    problem,
    [...projects.values()].map((members) => {
      const [{ projectId, projectName }] = members;
      const id = newId("project");
      return h(
        "section",
        { class: "user-group", "aria-labelledby": id },
        h("h2", { id }, projectName ?? "Project", h("code", {}, projectId)),
        h(
          "ul",
          { class: "user-list" },
          members.map((user) => h("li", {}, userButton(user, signInAs, problem))),
        ),
      );
    }),
  ];
}

function userButton(user, signInAs, problem) {
  const about = newId("about");
  const element = h(
    "button",
    {
      type: "button",
      class: "user",
      "aria-describedby": about,
      "data-user": user.userId,
      "data-project": user.projectId,
    },
    avatar(user.name),
    h(
      "span",
      { class: "user-text" },
      h("span", { class: "user-name" }, user.name, " ", h("code", {}, user.userId)),
      h("span", { class: "user-about", id: about }, user.description ?? ""),
    ),
    icon("arrow"),
  );
  element.addEventListener("click", () =>
    whileBusy(element, async () => {
      fill(problem);
      try {
        await signInAs(user);
      } catch (error) {
        fill(problem, errorNotice(error, { title: `Signing in as ${user.name} failed` }));
      }
    }),
  );
  return element;
}

/** The first letters of a name, in a circle. */
export function avatar(name) {
  const words = String(name).trim().split(/\s+/);
  const letters = [...new Set([words[0], words.at(-1)])].map((word) => [...word][0] ?? "");
  return h("span", { class: "avatar", "aria-hidden": "true" }, letters.join("").toUpperCase());
}

function noSandbox(text, retry) {
  return h(
    "div",
    { class: "notice notice-plain" },
    icon("alert"),
    h(
      "div",
      { class: "notice-text" },
      h("strong", {}, "No sandbox can be reached"),
      h("p", {}, `${text} You can sign in to a real Paragon project, or to another server, with its user token.`),
    ),
    retry && button("Try again", { look: "small", on: { click: retry } }),
  );
}

function skeleton() {
  return h(
    "div",
    { class: "user-list" },
    h("p", { class: "visually-hidden" }, "Looking for the sandbox’s users…"),
    Array.from({ length: 5 }, () => h("div", { class: "skeleton skeleton-user", "aria-hidden": "true" })),
  );
}
