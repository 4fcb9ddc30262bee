// The log: every call with its time, outcome and duration, and behind it what came of it.

import { isParagonError } from "paragon-wasm";
import { announce, button, fill, h, whileBusy } from "./dom.js";
import { icon } from "./icons.js";
import { messageOf } from "./notice.js";

/** More calls than this are of no use to a reader, and would slow the page down. */
const KEPT = 200;

/** @param {import("./calls.js").Calls} calls */
export function createLog(calls) {
  const rows = new Map();
  const list = h("ol", { class: "log-list" });
  const empty = h("p", { class: "empty" }, "Each call of the package, and each of its events, appears here.");
  // A region of its own that scrolls, so it takes the focus: the keyboard could not scroll it else.
  const scroller = h(
    "div",
    { class: "log-scroll", role: "log", tabindex: "0", "aria-labelledby": "log-title" },
    empty,
    list,
  );

  calls.addEventListener("change", ({ detail: call }) => {
    const previous = rows.get(call);
    const row = renderCall(call);
    rows.set(call, row);
    empty.hidden = true;
    if (previous) {
      const isFocused = previous.contains(document.activeElement);
      row.querySelector("details").open = previous.querySelector("details").open;
      previous.replaceWith(row);
      if (isFocused) row.querySelector("summary").focus();
    } else {
      list.prepend(row);
    }
    if (rows.size > KEPT) {
      const [oldest] = rows.keys();
      rows.get(oldest).remove();
      rows.delete(oldest);
    }
  });
  const clear = button("Clear", { look: "small" });
  clear.addEventListener("click", () => {
    rows.clear();
    list.replaceChildren();
    empty.hidden = false;
  });

  const copy = button("Copy", { look: "small", icon: icon("copy"), on: { click: onCopy } });
  const copyLabel = copy.querySelector("span");
  async function onCopy() {
    await whileBusy(copy, async () => {
      try {
        await navigator.clipboard.writeText([...rows.keys()].map(asText).join("\n"));
        copyLabel.textContent = "Copied";
        announce("The log is on the clipboard.");
      } catch {
        copyLabel.textContent = "Not allowed";
        announce("The browser does not allow copying.");
      }
    });
    setTimeout(() => (copyLabel.textContent = "Copy"), 2000);
  }

  return h(
    "section",
    { class: "panel log", "aria-labelledby": "log-title" },
    h(
      "div",
      { class: "panel-head" },
      h("h2", { id: "log-title" }, "Calls"),
      h("div", { class: "actions" }, copy, clear),
    ),
    scroller,
  );
}

function renderCall(call) {
  const outcome = h("span", { class: `outcome outcome-${call.state}` });
  const body = h("div", { class: "log-body" });
  if (call.state === "pending") {
    fill(outcome, icon("dots"), "running");
    fill(body, h("p", {}, "No answer yet."));
  } else if (call.state === "event") {
    fill(outcome, icon("bell"), "event");
    fill(body, longText("Event", answerText(call.value)));
  } else if (call.state === "ok") {
    fill(outcome, icon("check"), "ok");
    fill(body, longText("Answer", answerText(call.value)));
  } else {
    fill(outcome, icon("cross"), isParagonError(call.error) ? call.error.code : "failed");
    fill(body, errorFields(call.error));
  }
  return h(
    "li",
    { class: "log-entry" },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "log-call" }, call.text),
        icon("chevron"),
        h(
          "span",
          { class: "log-facts" },
          outcome,
          call.state !== "event" && h("span", {}, duration(call)),
          h("time", { datetime: call.at.toISOString() }, clock(call.at)),
        ),
        call.state === "failed" && h("span", { class: "log-message" }, messageOf(call.error)),
      ),
      body,
    ),
  );
}

/** The properties of an error that code reads. */
export function errorFields(error) {
  const fields = { message: messageOf(error) };
  if (isParagonError(error)) {
    Object.assign(fields, { code: error.code, name: error.name, status: error.status });
    fields.details = error.details && JSON.stringify(error.details, null, 2);
  }
  if (error?.cause !== undefined) {
    fields.cause = error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : String(error.cause);
  }
  const order = ["code", "name", "message", "status", "details", "cause"];
  return h(
    "dl",
    { class: "fields" },
    order
      .filter((name) => fields[name] !== undefined)
      .map((name) => [
        h("dt", {}, name),
        h("dd", {}, name === "details" ? longText("Details", fields[name]) : String(fields[name])),
      ]),
  );
}

/** Text that scrolls by itself when it is long. It takes the focus, so that the keyboard scrolls it. */
export function longText(label, text) {
  return h("pre", { class: "long-text", tabindex: "0", role: "group", "aria-label": label }, text);
}

export function answerText(value) {
  return value === undefined ? "undefined" : JSON.stringify(value, null, 2);
}

function asText(call) {
  const outcome = call.state === "failed" ? (call.error?.code ?? "failed") : call.state;
  const message = call.state === "failed" ? `  ${messageOf(call.error)}` : "";
  const took = call.state === "event" ? "" : `  ${duration(call)}`;
  return `${clock(call.at)}  ${call.text}  ${outcome}${took}${message}`;
}

function duration({ milliseconds }) {
  if (milliseconds === undefined) return "…";
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

function clock(date) {
  const two = (number) => String(number).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
