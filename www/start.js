// Starts the page, and says so where that fails: without the package, say, which has to be built.

import { button, fill, h } from "./dom.js";

try {
  await import("./app.js");
} catch (error) {
  console.error(error);
  const reload = button("Reload", { look: "primary", on: { click: () => location.reload() } });
  fill(
    document.querySelector("#main"),
    h(
      "div",
      { class: "view", role: "alert" },
      h("h1", {}, "The page could not start"),
      h(
        "p",
        { class: "lead" },
        "Its server must have the built package as well: ",
        h("code", {}, "cargo xtask demo"),
        " sees to both.",
      ),
      h("p", { class: "hint" }, error instanceof Error ? error.message : String(error)),
      h("p", {}, reload),
    ),
  );
}
