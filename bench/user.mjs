// A user with as many integrations as are wanted, each a copy of a real one with ids of its own.

/**
 * @param {object} user what `GET /sdk/me` gives
 * @param {number} count how many integrations the result has, all of them connected
 */
export function withIntegrations(user, count) {
  const connected = Object.entries(user.integrations).filter(([, { enabled }]) => enabled);
  const integrations = Array.from({ length: count }, (_, number) => {
    const [type, integration] = connected[number % connected.length];
    const copy = Math.floor(number / connected.length);
    // As real ids are: different, so that no two strings are one in memory.
    const own = (text) => text.replace(/[0-9a-f]{8}(?=-[0-9a-f]{4}-)/g, (id) => other(id, copy));
    return [copy === 0 ? type : `${type}.${copy}`, JSON.parse(own(JSON.stringify(integration)))];
  });
  return { ...user, integrations: Object.fromEntries(integrations) };
}

const other = (id, number) => ((parseInt(id, 16) + number) % 2 ** 32).toString(16).padStart(8, "0");
