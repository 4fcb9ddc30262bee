// The data of the portal: the user, and what the project offers. It is fetched anew whenever an event
// of the session says that something has changed, whoever changed it.

import { describeIntegration } from "../names.js";
import { accountsOf, needsAttention, stateOf } from "./accounts.js";

/** The events that change the user. */
const CHANGES = ["onIntegrationInstall", "onIntegrationUninstall", "onWorkflowChange"];

/** Dispatches `change` when something is known anew. */
export class Store extends EventTarget {
  /** @type {import("paragon-wasm").AuthenticatedUser | undefined} */
  user;
  /** The error of the last attempt to fetch the data. */
  error;
  #sdk;
  #looks = [];
  #integrations = [];
  /** The looks and descriptions have to be fetched. */
  #isOfferStale = true;
  #subscriptions;
  #running;
  #isStale = false;
  #isOver = false;

  constructor(sdk) {
    super();
    this.#sdk = sdk;
    this.#subscriptions = CHANGES.map((name) => sdk.subscribe(name, () => void this.refresh()));
  }

  /** Fetches everything; gives whether that succeeded. */
  load() {
    this.#isOfferStale = true;
    return this.refresh();
  }

  /** Fetches the user. Asked for while that is under way, it is done once more afterwards. */
  refresh() {
    this.#isStale = true;
    this.#running ??= this.#refreshing().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Waits for what is under way, if anything is. */
  async current() {
    await this.#running;
  }

  async #refreshing() {
    while (this.#isStale && !this.#isOver) {
      this.#isStale = false;
      try {
        const [user] = await Promise.all([this.#sdk.getUser(), this.#learnOffer()]);
        if (!user.authenticated) throw new Error("Nobody is signed in any more. Sign in again.");
        this.#know({ user, error: undefined });
      } catch (error) {
        this.#know({ error });
      }
    }
    return this.error === undefined;
  }

  #know(what) {
    if (this.#isOver) return;
    Object.assign(this, what);
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Looks and descriptions are a nicety: without them the cards show the types. What is known of
   * them stays until there is something newer.
   */
  async #learnOffer() {
    if (!this.#isOfferStale) return;
    const { getIntegrationMetadata, getIntegrations } = this.#sdk;
    const [looks, integrations] = await Promise.allSettled([getIntegrationMetadata(), getIntegrations()]);
    this.#looks = looks.value ?? this.#looks;
    this.#integrations = integrations.value ?? this.#integrations;
    this.#isOfferStale = looks.status === "rejected" || integrations.status === "rejected";
  }

  /** The user that a call has just returned. */
  know(user) {
    this.#know({ user });
  }

  /** All integrations of the project that the user can connect or has connected, by name. */
  get entries() {
    return Object.keys(this.user?.integrations ?? {})
      .map((type) => this.entry(type))
      .filter((entry) => entry !== undefined && (entry.isOffered || entry.accounts.length > 0))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * One integration, with what the user has of it; `undefined` if the project has none of that name.
   *
   * @param {string} type as `getUser()` has it, or a custom integration's name without its prefix
   */
  entry(type) {
    const all = this.user?.integrations ?? {};
    const known = [type, `custom.${type}`].find((name) => Object.hasOwn(all, name) && all[name]);
    if (known === undefined) return undefined;
    const own = all[known];
    const looks = describeIntegration(known, this.#looks);
    const offer = describeIntegration(known, this.#integrations.map(named));
    const accounts = accountsOf(own);
    return {
      type: known,
      name: looks.name,
      brandColor: looks.brandColor,
      icon: looks.icon,
      description: offer.configs?.[0]?.values?.description ?? "",
      /** True if it can be connected, which is the default. */
      isOffered: offer.isActive !== false,
      /** The answers that the choices of a field depend on, by the field's source. */
      dependencies: (source) => offer.sdkIntegrationConfig?.dataSources?.[source]?.refreshDependencies,
      state: stateOf(own),
      accounts,
      needsAttention: needsAttention(accounts),
    };
  }

  /** The end: no listener is notified any more. */
  close() {
    this.#isOver = true;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }
}

/** As the user's own list names it. */
function named(integration) {
  const slug = integration.type === "custom" ? integration.customIntegration?.slug : undefined;
  return { ...integration, type: slug ?? integration.type };
}
