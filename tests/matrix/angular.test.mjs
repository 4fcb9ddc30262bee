// Angular with zone.js, which replaces promises, timers and listeners.

import { carriesOneModule } from "./support/built.mjs";
import { row } from "./support/row.mjs";

const angular = await row("angular");
const { application, test } = angular;

test("angular build, with zone.js", async (t) => {
  await application.run("ng", "build", "--configuration", "");
  await carriesOneModule(t, angular, application.path("dist/browser"));
  await angular.worksBuilt(application.path("dist/browser"));
});
