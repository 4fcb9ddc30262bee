import { paragonToken } from "./token";

export async function POST(request) {
  const userId = signedInUser(request);
  if (!userId) return Response.json({ error: "Sign in first." }, { status: 401 });
  const headers = { "cache-control": "no-store" };
  return Response.json({ token: await paragonToken(userId) }, { headers });
}

/** Who is signed in to your application: ask your own session here. */
function signedInUser() {
  return process.env.DEMO_USER;
}
