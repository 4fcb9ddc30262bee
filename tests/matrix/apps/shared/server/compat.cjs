// The same in CommonJS.

const paragon = require("paragon-wasm/compat");

import("../src/flow.js")
  .then(({ flow }) => flow(paragon, process.argv[2]))
  .then((outcome) => console.log(JSON.stringify(outcome)));
