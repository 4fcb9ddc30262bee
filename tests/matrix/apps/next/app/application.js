"use client";

import { useEffect, useState } from "react";

import {
  ParagonError,
  authenticate,
  configureGlobal,
  getUser,
  isParagonError,
  setUserMetadata,
  subscribe,
  uninstallIntegration,
} from "paragon-wasm";
import { flow } from "../src/flow.js";

const paragon = {
  ParagonError,
  authenticate,
  configureGlobal,
  getUser,
  isParagonError,
  setUserMetadata,
  subscribe,
  uninstallIntegration,
};

/** One run, however often effects run: in development they run twice. */
let running;

export default function Application() {
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    running ??= flow(paragon, location.search).then(JSON.stringify, (error) => `failed: ${error.code} ${error.stack}`);
    running.then(setOutcome);
  }, []);
  return <output>{outcome}</output>;
}
