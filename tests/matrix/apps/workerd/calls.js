// What each worker does with the package when it is asked: a client for each request.

import { answers } from "./src/answers.js";
import { flow } from "./src/flow.js";

const CALLS = { "/flow": flow, "/answers": answers, "/read": read };

export async function calls({ ParagonClient, ParagonError, isParagonError }, request) {
  const { pathname, search } = new URL(request.url);
  const client = { ...new ParagonClient(), ParagonError, isParagonError };
  try {
    return Response.json(await CALLS[pathname](client, search));
  } catch (error) {
    return new Response(`${error.code} ${error.stack} ${error.cause?.stack}`, { status: 500 });
  }
}

async function read({ configureGlobal, authenticate, getUser }, query) {
  const { sandbox, projectId, token } = Object.fromEntries(new URLSearchParams(query));
  await configureGlobal({ apiUrl: sandbox, maxRetries: 10 });
  await authenticate(projectId, token);
  return (await getUser()).userId;
}
