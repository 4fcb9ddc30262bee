// The client that a careful developer writes in half an hour when they need these three calls only.

let base;
let authorization;

export function configure(apiUrl) {
  base = apiUrl;
}

export async function authenticate(projectId, token) {
  base = `${base}/projects/${encodeURIComponent(projectId)}/sdk`;
  authorization = `Bearer ${token}`;
  await getUser();
}

export const getUser = () => send("me");

export async function request(type, path, { method = "GET", body } = {}) {
  const { output } = await send(`proxy/${encodeURIComponent(type)}/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return output;
}

async function send(path, { headers, ...options } = {}) {
  const response = await fetch(`${base}/${path}`, { ...options, headers: { ...headers, authorization } });
  if (!response.ok) {
    throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
