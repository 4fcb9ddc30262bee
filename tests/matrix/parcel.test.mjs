// Parcel, which takes what the page names.

import { carriesOneModule } from "./support/built.mjs";
import { row } from "./support/row.mjs";

const parcel = await row("parcel");
const { application, test } = parcel;

const build = (page, folder) => application.run("parcel", "build", page, "--dist-dir", folder, "--no-source-maps");

test("parcel", async (t) => {
  await build("index.html", "dist");
  await carriesOneModule(t, parcel, application.path("dist"));
  await parcel.worksBuilt(application.path("dist"));
});

test("parcel, with the module as a file", async (t) => {
  await build("slim.html", "slim");
  await carriesOneModule(t, parcel, application.path("slim"), { inlined: 0, files: 1 });
  await parcel.worksBuilt(application.path("slim"), "/slim.html");
});
