import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  const { VITE_PARAGON_API_URL: sandbox } = loadEnv(mode, process.cwd());
  // During development the sandbox signs the user's token; in production your server does.
  return { server: { proxy: { "/api/paragon-token": { target: sandbox, rewrite: () => "/_sandbox/token" } } } };
});
