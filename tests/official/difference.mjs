// The differences between two observations of the same call, in words.

import assert from "node:assert/strict";

/** The aspects that are compared, in the order of the page. */
const ASPECTS = { requests, body, answers, result, state, storage, console };

/**
 * Compares what was seen with the official SDK and with paragon-wasm.
 *
 * @returns for each aspect that there is something to say about: both sides, in words
 */
export function compare(official, ours) {
  return Object.entries(ASPECTS).flatMap(([aspect, describe]) => {
    const [left, right] = describe(official, ours);
    return left === "" && right === "" ? [] : [{ aspect, official: left, ours: right, same: left === right }];
  });
}

/** In the order they were sent, but for neighbours that may overtake each other on their way. */
function ordered(requests) {
  const groups = [];
  for (const request of requests) {
    const reads = request.line.startsWith("GET ");
    if (reads && groups.at(-1)?.reads) {
      groups.at(-1).requests.push(request);
    } else {
      groups.push({ reads, requests: [request] });
    }
  }
  return groups.flatMap(({ requests }) => requests.sort((a, b) => (a.line < b.line ? -1 : 1)));
}

function requests(...sides) {
  return sides.map(
    ({ requests }) =>
      ordered(requests)
        .map(({ line }) => code(line))
        .join(", ") || "none",
  );
}

function body(...sides) {
  return sides.map(({ requests }) => {
    const bodies = ordered(requests).map(({ body }) => body);
    return bodies.filter(Boolean).map(code).join(", ");
  });
}

function answers(...sides) {
  return sides.map(({ answers }) => answers);
}

/** The result: errors by what identifies them, values by what distinguishes them. */
function result(official, ours) {
  if ("error" in official || "error" in ours) {
    return [official, ours].map(({ error, value }) => (error ? failure(error) : brief(value)));
  }
  const { left, right } = difference(official.value, ours.value);
  if (left.length + right.length === 0) {
    return [kind(official.value), kind(official.value)];
  }
  return [left, right].map((differences) => (differences.length > 0 ? `has ${differences.join(", ")}` : ""));
}

/** Ours by its code, which is a promise; the official one by its message, which is all there is. */
function failure({ name, code: ownCode, message, status }) {
  if (ownCode === undefined) {
    return `${name}: ${code(message.split("\n", 1)[0])}`;
  }
  return `${code(ownCode)} (${[name, status].filter((it) => it !== undefined).join(", ")})`;
}

const isObject = (value) => value !== null && typeof value === "object";

const kind = (value) => (isObject(value) ? "an equal object" : brief(value));

/** Nothing to say when both have the same effect: a test asserts which. */
function state({ after: official }, { after: ours }) {
  const { left, right } = difference(official, ours);
  return [left.join(", "), right.join(", ")];
}

const holdsToken = (text) => text.includes("{token}");

/** The changes of the call in `localStorage`. */
function storage(...sides) {
  return sides.map(({ storedBefore, stored }) => {
    const written = Object.keys(stored).filter((key) => stored[key] !== storedBefore[key]);
    const removed = Object.keys(storedBefore).filter((key) => !(key in stored));
    return [
      ...written.map((key) => `writes ${code(key)}${holdsToken(stored[key]) ? ", with the user token" : ""}`),
      ...removed.map((key) => `removes ${code(key)}`),
    ].join(", ");
  });
}

function console(...sides) {
  return sides.map(({ console }) => console.map(code).join(", "));
}

/**
 * The places where two values differ, with the values on each side. Only the topmost places are named, and
 * what differs in several integrations or elements is named once, with the first values.
 */
function difference(official, ours) {
  const [left, right] = [new Map(), new Map()];
  const note = (side, path, value) => {
    const place = path.join(".");
    if (value !== undefined && !side.has(place)) {
      const text = JSON.stringify(value);
      side.set(place, code([place, text.length > 160 ? "…" : text].filter(Boolean).join(": ")));
    }
  };
  const walk = (a, b, path) => {
    if (!(isObject(a) && isObject(b)) || Array.isArray(a) !== Array.isArray(b)) {
      if (!Object.is(a, b)) {
        note(left, path, a);
        note(right, path, b);
      }
      return;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const step = path.at(-1) === "integrations" || Array.isArray(a) ? "*" : key;
      walk(a[key], b[key], [...path, step]);
    }
  };
  walk(official, ours, []);
  return { left: [...left.values()], right: [...right.values()] };
}

function brief(value) {
  const text = JSON.stringify(value) ?? "undefined";
  return code(text.length > 80 ? `${text.slice(0, 77)}…` : text);
}

export const code = (text) => `\`${text.replaceAll("`", "'")}\``;

/** The members at `paths` of a value, where `*` stands for any key. */
export function members(value, paths) {
  const at = (value, [key, ...rest]) => {
    if (key === undefined || value === undefined || value === null) {
      return value;
    }
    const keys = key === "*" ? Object.keys(value) : [key];
    return Object.fromEntries(keys.map((key) => [key, at(value[key], rest)]));
  };
  return paths.map((path) => at(value, path.split(".")));
}

/**
 * The headers that differ between requests which both sent, by name and values.
 *
 * @param {Map<string, {name: string, topic: string, official: string, ours: string,
 *   requests: Set<string>}>} found what was found before; more is added
 */
export function addHeaders(found, official, ours) {
  for (const { line, headers } of official.requests) {
    const other = ours.requests.find((request) => request.line === line);
    if (other === undefined) {
      continue;
    }
    for (const name of new Set([...Object.keys(headers), ...Object.keys(other.headers)])) {
      const [left, right] = [headers[name] ?? "–", other.headers[name] ?? "–"];
      if (left !== right) {
        const key = [name, left, right].join("\n");
        const topic = `${right === "–" ? "no" : "another"} ${name}`;
        const entry = found.get(key) ?? { name, topic, official: left, ours: right, requests: new Set() };
        entry.requests.add(line.replace(/\?.*/, ""));
        found.set(key, entry);
      }
    }
  }
}

/** That exactly the differences with an explanation are there. */
export function assertExplained(facts, why) {
  const unexplained = facts.filter(({ aspect, same }) => !same && why[aspect] === undefined);
  assert.deepEqual(unexplained, [], "differences without an explanation");
  const differing = facts.filter(({ same }) => !same).map(({ aspect }) => aspect);
  const gone = Object.keys(why).filter((aspect) => !differing.includes(aspect));
  assert.deepEqual(gone, [], "explained, but there is no such difference any more");
}
