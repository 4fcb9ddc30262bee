// Next.js, bundled by Turbopack.

import { next } from "./support/next.mjs";

await next("--turbopack", { edge: true });
