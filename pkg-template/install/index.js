// The part of the package that is loaded on demand: connecting accounts and configuring them.

import { catalogue } from "./catalogue.js";
import { direct } from "./direct.js";
import { installFlow } from "./flow.js";
import { settings } from "./settings.js";
import { Turns } from "./turns.js";

export { NAMES } from "./errors.js";

/**
 * The functions for one client.
 *
 * @param door what they may do with it: `call(method, …)` a method of the core, `subscribe`, `emit`
 */
export function surface(door) {
  const known = catalogue(door);
  const turns = new Turns(door, known);
  return { ...direct(turns), ...settings(door, known), ...known.reads, installFlow: installFlow(turns) };
}
