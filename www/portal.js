// The views of a signed-in user: the catalogue, one integration, or the metadata, as the address says.

import { announce, button, fill, h, keepingFocus, whileBusy } from "./dom.js";
import { icon } from "./icons.js";
import { createMetadataEditor } from "./metadata.js";
import { errorNotice } from "./notice.js";
import { createCatalogue, summarize } from "./portal/catalogue.js";
import { createDetail } from "./portal/detail.js";
import { Store } from "./portal/store.js";
import { addresses, readAddress } from "./router.js";

/**
 * @param {object} wiring
 * @param {object} wiring.sdk the package's functions
 * @param {HTMLElement} wiring.navigation where the links to the views go
 * @param {(user: object) => void} wiring.onUser called with the user whenever their data is fetched anew
 */
export function createPortal({ sdk, navigation, onUser }) {
  const store = new Store(sdk);
  const end = new AbortController();
  const { signal } = end;
  const problem = h("div");
  const place = h("div", { class: "view" });
  const views = {
    catalogue: createCatalogueView(store, reload),
    metadata: createMetadataView(sdk, store),
    missing: createMissingView(),
  };
  /** The view that is shown, the address that it was shown for, and what closes its dialogs. */
  let view;
  let shown;
  let leaving = new AbortController();
  /** The scroll position of the catalogue, for the way back. */
  let scrolled = 0;

  function show({ isFirst = false } = {}) {
    const wanted = readAddress(location.hash);
    const isSame = shown?.view === wanted.view && shown?.type === wanted.type;
    const before = shown;
    if (before?.view === "catalogue" && !isSame) scrolled = scrollY;
    shown = wanted;
    if (!isSame) {
      leaving.abort(new Error("The page was left."));
      leaving = new AbortController();
      view =
        wanted.view === "integration"
          ? createDetail({ sdk, store, type: wanted.type, signal: leaving.signal })
          : views[wanted.view];
      fill(place, view.element);
    }
    view.show(wanted.parameters);
    describe();
    if (isSame && !isFirst) {
      announce(view.foundWords?.() ?? "");
      return;
    }
    const isBack = before?.view === "integration" && wanted.view === "catalogue";
    if (isBack && view.focusOn(before.type)) {
      scrollTo(0, scrolled);
      return;
    }
    scrollTo(0, 0);
    element.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** The name of the view: the tab's title, and the link that is the current one. */
  function describe() {
    document.title = `${view.title} · paragon-wasm demo`;
    // An integration is a page of the catalogue's.
    const current = { [shown.view]: "page", ...(shown.view === "integration" && { catalogue: "true" }) };
    const link = (name, label, href) => h("a", { href, "aria-current": current[name], "data-key": name }, label);
    keepingFocus(navigation, () =>
      fill(
        navigation,
        link("catalogue", "Integrations", addresses.catalogue()),
        link("metadata", "Metadata", addresses.metadata()),
      ),
    );
  }

  function update() {
    keepingFocus(problem, () =>
      fill(
        problem,
        store.error &&
          errorNotice(store.error, {
            title: store.user && "Refreshing failed; this is what was last known",
            retry: (event) => whileBusy(event.currentTarget, reload),
          }),
      ),
    );
    view.update();
    describe();
    if (store.user) onUser(store.user);
  }

  async function reload() {
    const wasRetried = problem.contains(document.activeElement);
    const isCurrent = await store.load();
    if (signal.aborted) return;
    if (isCurrent) announce(`Up to date: ${summarize(store.entries)}`);
    // The button that had the focus is gone.
    if (isCurrent && wasRetried) element.querySelector("h1")?.focus();
  }

  const element = h("div", { class: "portal" }, problem, place);
  const onHashChange = () => show();
  addEventListener("hashchange", onHashChange);
  store.addEventListener("change", update);
  return {
    element,
    open() {
      show({ isFirst: true });
      store.load();
    },
    /** The end: dialogs are closed, and nothing is listened to any more. */
    close() {
      end.abort(new Error("The session has ended."));
      leaving.abort(end.signal.reason);
      store.close();
      removeEventListener("hashchange", onHashChange);
      fill(navigation);
    },
  };
}

function pageHead(title, lead, action) {
  return h("header", { class: "page-head" }, h("h1", { tabindex: "-1" }, title), action, lead);
}

function createCatalogueView(store, reload) {
  const catalogue = createCatalogue(store);
  const summary = h("p", { class: "lead" }, "Loading…");
  const refresh = button("Refresh", {
    icon: icon("refresh"),
    on: { click: () => whileBusy(refresh, reload) },
  });
  const element = h("div", { class: "view" }, pageHead("Integrations", summary, refresh), catalogue.element);
  const summarized = () => {
    if (store.user) summary.textContent = summarize(store.entries);
    else if (store.error) summary.textContent = "The integrations could not be loaded.";
  };
  return {
    ...catalogue,
    element,
    update() {
      summarized();
      catalogue.update();
    },
    show(parameters) {
      summarized();
      catalogue.show(parameters);
    },
  };
}

function createMetadataView(sdk, store) {
  const editor = createMetadataEditor(
    (metadata) => sdk.setUserMetadata(metadata),
    (user) => store.know(user),
  );
  const lead = h("p", { class: "lead" }, "What your application stores with this user.");
  const update = () => {
    editor.element.hidden = store.user === undefined;
    if (store.user) editor.show(store.user.meta);
  };
  return {
    title: "Metadata",
    element: h("div", { class: "view" }, pageHead("Metadata", lead), editor.element),
    update,
    show: update,
  };
}

function createMissingView() {
  const lead = h("p", { class: "lead" }, "The address leads to nothing on this page.");
  const back = h("p", {}, h("a", { href: addresses.catalogue() }, "All integrations"));
  return {
    title: "Not found",
    element: h("div", { class: "view" }, pageHead("Not found", lead), back),
    update() {},
    show() {},
  };
}
