// The comparison for people: docs/compared.md, and the table that the test prints.

const LABELS = {
  requests: "requests",
  body: "sent",
  answers: "answers",
  result: "result",
  state: "on the server",
  storage: "`localStorage`",
  console: "console",
  listeners: "listeners on `window`",
  elements: "elements in the page",
  stored: "`localStorage`",
  elsewhere: "requests",
};

/** The page of what was found. */
export function readersPage({ import: atImport, methods, headers }, reasons) {
  const names = methods.map(({ method }) => `[${method}](#${method.toLowerCase()})`).join(",\n");
  const sections = methods.map(
    ({ method, scenarios }) => `## \`${method}\`\n\n${scenarios.map(scenarioTable).join("\n")}`,
  );
  return `# Compared with the official SDK

<!-- Written by tests/official.test.mjs: UPDATE_COMPARED=1 node --test tests/official.test.mjs -->

Each scenario below ran in Chromium with \`@useparagon/connect\` 2.4.0 and with paragon-wasm, both
against a fresh sandbox. The tables say what was seen. A test repeats this and fails when anything
has changed, so the page is true of this version.

The official SDK also has the Connect Portal, file pickers and more. Compared is what both have:
${names}.
Connecting and configuring accounts is compared by another test, and what differs is in
[connecting.md](connecting.md#compared-with-the-official-sdk).

In sum:

- **What is documented is the same**: the effect on the server (but for metadata keys in the wrong
  case), and the documented members of the results.
- **paragon-wasm fetches at a call, the official SDK at sign-in.** It therefore sees changes that
  were made elsewhere. "With the sign-in" counts the requests of both together, without preflights.
- **What asks Paragon gives a promise** in paragon-wasm, and fails by rejecting it, with a code.
- **paragon-wasm keeps the user token in memory**; it is in no result, error, event or storage.

## The module

${scenarioTable(atImport)}
${sections.join("\n")}
## Headers

Of requests that both send:

${headersTable(headers, reasons)}
`;
}

function scenarioTable({ scenario, facts, totals, why }) {
  const rows = facts.map(({ aspect, official, ours, same }) => [
    LABELS[aspect],
    official || "–",
    same ? "the same" : ours || "–",
    why[aspect] ?? "",
  ]);
  if (totals !== undefined) {
    const [official, ours] = totals;
    rows.splice(1, 0, ["with the sign-in", official, ours === official ? "the same" : ours, ""]);
  }
  return `### ${capital(scenario)}\n\n${table(["", "official SDK", "paragon-wasm", "why"], rows)}\n`;
}

function headersTable(headers, reasons) {
  const rows = [...headers.values()].map(({ name, topic, official, ours, requests }) => [
    `\`${name}\``,
    official,
    ours,
    [...requests]
      .sort()
      .map((line) => `\`${line}\``)
      .join(", "),
    reasons[topic],
  ]);
  return table(["", "official SDK", "paragon-wasm", "of", "why"], rows);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A line for each scenario: requests with the sign-in of both, and the aspects that differ. */
export function summary({ methods }) {
  const lines = methods.flatMap(({ method, scenarios }) =>
    scenarios.map(({ scenario, totals: [official, ours], facts }) => {
      const different = facts.filter(({ same }) => !same).map(({ aspect }) => aspect);
      return [`${method}: ${scenario}`.padEnd(66), official, ours, different.join(", ")].join("  ");
    }),
  );
  return ["official SDK's requests, ours, differences (each is explained)".padStart(90), ...lines].join("\n");
}
