// Answers that runtimes treat differently, and a proxied request.

/** Signs in with a client, and gives what comes of them. `row.answersAt` prepares the sandbox. */
export async function answers(paragon, query) {
  const { sandbox, projectId, token } = Object.fromEntries(new URLSearchParams(query));
  await paragon.configureGlobal({ apiUrl: sandbox, maxRetries: 0 });
  await paragon.authenticate(projectId, token);
  const refusal = ({ code, status, cause }) => [code, status ?? cause?.message ?? null];
  const { method, body } = await paragon.request("slack", "_echo", { method: "POST", body: { a: 1 } });
  return {
    echo: [method, body],
    redirected: await paragon.getCredentials().catch(refusal),
    unchanged: await paragon.getIntegrations().catch(refusal),
    // A time limit aborts the request.
    late: await paragon.event("late", {}, { timeoutMs: 300 }).catch(refusal),
  };
}
