import { createServer } from "node:http";
import { paragonToken } from "./token.js";

const { PORT = "3000" } = process.env;

/** Who is signed in to your application: ask your own session here. */
function signedInUser() {
  return process.env.DEMO_USER;
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  try {
    if (request.method !== "POST" || request.url !== "/api/paragon-token") return answer(404, { error: "Not found." });
    const userId = signedInUser(request);
    if (!userId) return answer(401, { error: "Sign in first." });
    answer(200, { token: await paragonToken(userId) });
  } catch (error) {
    console.error(error);
    answer(500, { error: "The token could not be signed." });
  }
});

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
