"use client";

import { useEffect, useState } from "react";
import { authenticate, configureGlobal, getUser, installIntegration } from "paragon-wasm";

const projectId = process.env.NEXT_PUBLIC_PARAGON_PROJECT_ID;
const apiUrl = process.env.NEXT_PUBLIC_PARAGON_API_URL;

// Called again whenever the token is about to expire.
async function userToken() {
  const response = await fetch("/api/paragon-token", { method: "POST" });
  if (!response.ok) throw new Error(`The server gave no user token: ${response.status}`);
  return (await response.json()).token;
}

async function signIn() {
  if (apiUrl) await configureGlobal({ apiUrl }); // The sandbox. Without an address it is Paragon.
  await authenticate(projectId, userToken);
}

// Once, however often the effect runs: in development it runs twice.
let signedIn;

export default function Integrations() {
  const [user, setUser] = useState();
  const [problem, setProblem] = useState("");
  const tell = (error) => setProblem(error.message);
  const load = async () => setUser(await getUser());

  useEffect(() => {
    signedIn ??= signIn();
    signedIn.then(load).catch(tell);
  }, []);

  // In the click, or the browser blocks the popup.
  function connect() {
    setProblem("");
    installIntegration("notion").then(load).catch(tell);
  }

  const isConnected = user?.integrations?.notion?.enabled;
  return (
    <>
      <p role="status">{problem || (isConnected ? "Notion is connected." : "Notion is not connected.")}</p>
      <button onClick={connect} disabled={!user}>
        Connect Notion
      </button>
    </>
  );
}
