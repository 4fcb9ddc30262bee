// Next.js, bundled by webpack.

import { next } from "./support/next.mjs";

await next("--webpack");
