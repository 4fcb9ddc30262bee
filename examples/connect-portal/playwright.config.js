import { defineConfig } from "@playwright/test";

const { PORT = "5173", SANDBOX = "paragon-sandbox", SANDBOX_PORT = "4010" } = process.env;

// Tests run in processes of their own, which learn from here where the sandbox is.
process.env.VITE_PARAGON_API_URL = `http://127.0.0.1:${SANDBOX_PORT}`;

export default defineConfig({
  testDir: "tests",
  workers: 1, // They share the sandbox, which each test resets.
  forbidOnly: Boolean(process.env.CI),
  use: { baseURL: `http://127.0.0.1:${PORT}`, trace: "retain-on-failure" },
  webServer: [
    { command: `${SANDBOX} --port ${SANDBOX_PORT}`, url: `http://127.0.0.1:${SANDBOX_PORT}/_sandbox/users` },
    { command: `npm run dev -- --host 127.0.0.1 --strictPort --port ${PORT}`, url: `http://127.0.0.1:${PORT}` },
  ],
});
