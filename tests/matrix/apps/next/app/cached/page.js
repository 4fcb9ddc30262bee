// A server component whose answers Next.js keeps, unless a request says otherwise.

import { ParagonClient } from "paragon-wasm";

export const fetchCache = "default-cache";

export default async function Page({ searchParams }) {
  const { sandbox, projectId, token } = await searchParams;
  const client = new ParagonClient({ apiUrl: sandbox });
  await client.authenticate(projectId, token);
  const { meta } = await client.getUser();
  return <pre>{meta.Name}</pre>;
}
