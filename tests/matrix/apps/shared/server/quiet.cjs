// Requires the package where nothing may happen at import, and prints what it knows then.

const { watch } = require("./watch.cjs");

watch();
const { getUser, ParagonClient } = require("paragon-wasm");
const { getUser: slim } = require("paragon-wasm/slim");
const { getUser: compat } = require("paragon-wasm/compat");
(async () => {
  console.log(JSON.stringify([await getUser(), await new ParagonClient().getUser(), await slim(), await compat()]));
})();
