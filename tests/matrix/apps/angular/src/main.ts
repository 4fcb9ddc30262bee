// zone.js replaces promises, timers and fetch's promise: what the call changes must be rendered.

import { Component, provideZoneChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";

import * as paragon from "paragon-wasm";
// @ts-ignore: it has no types.
import { flow } from "./flow.js";

@Component({
  selector: "app-root",
  template: `<output>{{ outcome }}</output>`,
})
class Application {
  outcome = "";

  constructor() {
    flow(paragon, location.search)
      .then(JSON.stringify, (error: Error) => `failed: ${error.stack}`)
      .then((outcome: string) => (this.outcome = outcome));
  }
}

bootstrapApplication(Application, { providers: [provideZoneChangeDetection()] });
