// A server component that asks for the user anew each time it is rendered.

import { ParagonClient } from "paragon-wasm";

export const dynamic = "force-dynamic";

export default async function Page({ searchParams }) {
  const { sandbox, projectId, token } = await searchParams;
  const client = new ParagonClient({ apiUrl: sandbox });
  await client.authenticate(projectId, token);
  const { meta } = await client.getUser();
  return <pre>{meta.Name}</pre>;
}
