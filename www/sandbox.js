// The local Paragon, as far as it stands in for a product's own server: it knows users and signs
// tokens. A real application asks its own server for the token instead.

/** The address that this page's server names, if it names one. */
export async function configuredSandbox() {
  try {
    const response = await fetch("/config.json");
    const { sandbox } = response.ok ? await response.json() : {};
    return typeof sandbox === "string" ? sandbox : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The users that can be signed in.
 *
 * @returns {Promise<{projectId: string, projectName: string, userId: string, name: string, description: string}[]>}
 */
export async function sandboxUsers(sandbox) {
  const { users, projects } = await json(`${sandbox}/_sandbox/users`);
  const names = new Map(projects.map(({ projectId, name }) => [projectId, name]));
  return users.map((user) => ({ ...user, projectName: names.get(user.projectId) }));
}

/** A user token, as a product's server would sign it. */
export async function mintToken(sandbox, { projectId, userId }) {
  const { token } = await json(`${sandbox}/_sandbox/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ projectId, userId }),
  });
  return token;
}

async function json(url, init) {
  let response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  } catch (cause) {
    const { origin } = new URL(url);
    throw new Error(`No local Paragon answers at ${origin}: “cargo xtask demo” starts one.`, { cause });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.message ?? `The local Paragon answered with status ${response.status}.`);
  }
  return answer;
}
