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
import { show } from "./flow.js";

show({
  ParagonError,
  authenticate,
  configureGlobal,
  getUser,
  isParagonError,
  setUserMetadata,
  subscribe,
  uninstallIntegration,
});
