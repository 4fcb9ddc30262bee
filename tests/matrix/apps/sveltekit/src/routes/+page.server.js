// Rendered on the server, for the user of the request.

import { ParagonClient } from "paragon-wasm";

export async function load({ url }) {
  const { sandbox, projectId, token } = Object.fromEntries(url.searchParams);
  const client = new ParagonClient({ apiUrl: sandbox });
  await client.authenticate(projectId, token);
  const { meta } = await client.getUser();
  return { name: meta.Name };
}
