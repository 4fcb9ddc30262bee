// jest.config.js: { testEnvironment: "./environment.cjs" }
const { TestEnvironment } = require("jest-environment-jsdom");

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    for (const name of ["TextDecoder", "TextEncoder", "fetch", "Request", "Response"]) {
      this.global[name] ??= globalThis[name];
    }
  }
};
