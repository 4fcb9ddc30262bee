import { authenticate, configureGlobal, getUser, installIntegration } from "paragon-wasm";

const { VITE_PARAGON_PROJECT_ID: projectId, VITE_PARAGON_API_URL: apiUrl } = import.meta.env;
const status = document.querySelector("#status");

// Called again whenever the token is about to expire.
async function userToken() {
  const response = await fetch("/api/paragon-token", { method: "POST" });
  if (!response.ok) throw new Error(`The server gave no user token: ${response.status}`);
  return (await response.json()).token;
}

async function show() {
  const user = await getUser();
  status.textContent = user.integrations?.notion?.enabled ? "Notion is connected." : "Notion is not connected.";
}

// In the click, or the browser blocks the popup.
document.querySelector("#connect").onclick = () =>
  installIntegration("notion").then(show, (error) => (status.textContent = error.message));

if (apiUrl) await configureGlobal({ apiUrl }); // The sandbox. Without an address it is Paragon.
await authenticate(projectId, userToken);
await show();
