// Sets `globalThis.paragon`: for scripts that cannot import, and for consoles.

import { ParagonClient, ParagonError, SDK_EVENT, isParagonError, paragon } from "./index.js";

globalThis.paragon = Object.assign(paragon, { ParagonClient, ParagonError, SDK_EVENT, isParagonError });
