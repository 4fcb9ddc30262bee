// Puts a report where readers see it: the README's section on speed, its picture, and the report
// itself beside it.
//
//   node bench/publish.mjs [report.json]
//
// does it for a report that is there already; without one, for the one that was published last.

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import { pictures } from "./picture.mjs";
import { markdown } from "./table.mjs";

const BEGIN = "<!-- What `cargo xtask bench --publish` writes begins here. -->";
const END = "<!-- And ends here. -->";

const at = (path) => new URL(`../${path}`, import.meta.url);
const README = at("README.md");
const REPORT = at("docs/speed/report.json");

/** The published report, from which the README is made. */
export const published = async () => JSON.parse(await readFile(REPORT, "utf8"));

/** The files that show a report, by path, with their content. */
export async function pagesOf(report) {
  const readme = await readFile(README, "utf8");
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`README.md lacks the lines between which the table goes:\n${BEGIN}\n${END}`);
  }
  const { light, dark } = pictures(report);
  return {
    "README.md": `${readme.slice(0, begin + BEGIN.length)}\n\n${section(report)}\n\n${readme.slice(end)}`,
    "docs/speed/light.svg": light,
    "docs/speed/dark.svg": dark,
  };
}

export async function publish(report) {
  for (const [path, content] of Object.entries(await pagesOf(report))) await writeFile(at(path), content);
  await writeFile(REPORT, `${JSON.stringify(report, null, 1)}\n`);
}

function section(report) {
  const { versions, machine, date, runs, extent } = report.about;
  const requests = report.throughput[1].fetch.samples.length;
  return `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="docs/speed/dark.svg">
  <img src="docs/speed/light.svg" alt="Bars: how long a cold start takes with each of the three. The table below has the numbers.">
</picture>

${markdown(report)}

\`cargo xtask bench --runs ${runs} --publish\` on ${date}: paragon-wasm ${versions["paragon-wasm"]}, @useparagon/connect ${versions.official},
Chromium ${versions.chromium}, ${machine}. Medians of ${runs} runs (\`getUser\`: ${runs * extent.warmRounds},
\`request\` at full speed: ${requests}), and from where to where the middle half of them lies. A ratio is the median of the
runs' own ratios; behind it, where it would lie in 95 of 100 repetitions. All samples are in
[docs/speed/report.json](docs/speed/report.json), and [bench/README.md](bench/README.md) says what each row does.`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , file] = process.argv;
  await publish(file ? JSON.parse(await readFile(file, "utf8")) : await published());
}
