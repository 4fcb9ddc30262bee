// Rendered on the server, which imports the package and asks it who is signed in.

import { connection } from "next/server";
import { getUser } from "paragon-wasm";

import Application from "./application.js";

export default async function Page() {
  await connection(); // Rendered anew for each request, not when the application is built.
  return (
    <main>
      <pre>{JSON.stringify(await getUser())}</pre>
      <Application />
    </main>
  );
}
