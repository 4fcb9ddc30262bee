// `installFlow`: an install step by step, with forms of the application's own.

import { connecting, object, text } from "./arguments.js";
import { cancelled, failure } from "./errors.js";
import { asFailure, tell } from "./install.js";
import { Steps } from "./steps.js";
import { blocked, close, popupOf } from "./turns.js";

/** The flow of one `start`. */
class Flow {
  /** The stage that was told last, for those who ask while something is under way. */
  at = "start";
  /** What is under way, and which function began it. */
  running;
  by;
  /** What was told last; or that the application itself has ended it, and knows. */
  told;

  constructor(turns, type, options) {
    Object.assign(this, { turns, type, options });
    this.steps = new Steps(options);
    this.install = turns.begin(options, (error) => {
      // Nothing is pending that could tell.
      if (!this.running) this.#report(error, null);
    });
    this.install.scope.add(() => close(options.popup));
  }

  get isOn() {
    return !this.install.ended || Boolean(this.steps.event);
  }

  /** Runs a step; gives the stage that is reached. */
  run(by, work) {
    const running = work().then(
      () => this.#reached(),
      (cause) => this.#failed(asFailure(cause)),
    );
    this.by = by;
    this.running = running;
    if (this.options.onError) running.catch(() => {}); // It is told.
    return running;
  }

  #reached() {
    this.running = undefined;
    const stage = this.stage();
    if (stage.done) {
      this.install.finish();
      tell(this.options.onComplete, { ...stage.event });
    } else {
      this.#arrive(stage);
    }
    return stage;
  }

  #failed(error) {
    this.running = undefined;
    // Without its integration nothing can go on.
    if (!this.steps.integration) this.install.finish();
    const stage = this.install.ended ? undefined : this.stage();
    // Something is asked again that had been answered.
    if (this.at === "oauth" && stage && stage.stage !== "oauth") this.#arrive(stage);
    this.#report(error, stage ? { stage: stage.stage } : null);
    throw error;
  }

  #arrive(stage) {
    this.at = stage.stage;
    tell(this.options.onNext, stage);
  }

  #report(error, context) {
    if (this.told !== error) tell(this.options.onError, error, context);
    this.told = error;
  }

  /** Tells of a call that was refused. */
  refused(error) {
    this.#report(error, { stage: this.running ? this.at : this.stage().stage });
    const rejected = Promise.reject(error);
    if (this.options.onError) rejected.catch(() => {}); // It is told.
    return rejected;
  }

  /** The stage, as the application gets it. */
  stage() {
    const stage = this.steps.stage();
    if (stage.stage === "connect") return { stage: "preOptions", options: [], done: false };
    if (stage.stage !== "instruction") return stage;
    const onClick = () => {
      if (this.isOn && !this.running && this.steps.stage().stage === "instruction") {
        this.steps.instructed = true;
        this.goOn("instruction").catch(() => {}); // It is told.
      }
    };
    return { ...stage, finish: { type: "finishButton", label: "I have installed it", onClick } };
  }

  start() {
    const { options, steps, install, turns, type } = this;
    const isNext = !install.ended && turns.guess(type, options)?.stage().stage === "oauth";
    let popup = isNext ? popupOf(options) : undefined;
    return this.run("start", async () => {
      try {
        await steps.begin(install, turns.catalogue, type);
        if (popup === undefined && steps.stage().stage === "oauth") popup = popupOf(options);
        await this.#connect(popup);
      } finally {
        close(popup);
      }
    });
  }

  /** Goes on after an answer. In a click: it may open the popup. */
  goOn(by) {
    const popup = this.steps.stage().stage === "oauth" ? popupOf(this.options) : undefined;
    return this.run(by, async () => {
      try {
        await this.#connect(popup);
      } finally {
        close(popup);
      }
    });
  }

  /** Connects, if that is what is next. */
  async #connect(popup) {
    const { stage } = this.steps.stage();
    if (stage === "connect") await this.steps.connect(this.install);
    if (stage !== "oauth") return;
    this.#arrive({ stage, done: false });
    if (!popup) throw blocked();
    await this.steps.connect(this.install, popup);
  }

  setUp(values) {
    return this.run("setPostOptions", () => this.steps.setUp(this.install, values));
  }
}

export function installFlow(turns) {
  let flow;

  /** Has the flow go on, if it is at one of these stages; the same again gives what is under way. */
  function reply(by, fitting, apply) {
    if (!flow?.isOn) return Promise.reject(failure("no_install_flow", "No install flow is on: call installFlow.start first."));
    if (flow.running && (by === "next" || flow.by === by)) return flow.running;
    const stage = flow.running ? flow.at : flow.stage().stage;
    if (flow.running || !fitting.includes(stage)) {
      const message = `${by} is not possible now: the install flow is at "${stage}"${flow.running ? " and at work" : ""}.`;
      return flow.refused(failure("wrong_stage", message, { details: { stage } }));
    }
    try {
      return apply();
    } catch (error) {
      return flow.refused(error);
    }
  }

  return {
    start(type, given) {
      try {
        const options = connecting(given);
        flow = new Flow(turns, text(type, "type"), options);
      } catch (error) {
        if (typeof given?.onError === "function") tell(given.onError, error, null);
        return Promise.reject(error);
      }
      return flow.start();
    },

    next: () =>
      reply("next", ["accountType", "instruction", "preOptions", "oauth", "postOptions", "done"], () =>
        flow.stage().stage === "oauth" ? flow.goOn("next") : Promise.resolve(flow.stage()),
      ),

    setAccountType: (id) =>
      reply("setAccountType", ["accountType", "instruction", "preOptions", "oauth"], () => {
        flow.steps.chooseAccountType(text(id, "accountType"));
        return flow.goOn("setAccountType");
      }),

    setPreOptions: (values) =>
      reply("setPreOptions", ["preOptions", "oauth"], () => {
        flow.steps.preOptions = { ...object(values, "preOptions") };
        return flow.goOn("setPreOptions");
      }),

    setPostOptions: (values) =>
      reply("setPostOptions", ["postOptions"], () => flow.setUp({ ...object(values, "postOptions") })),

    async cancel() {
      const { install, steps } = flow?.isOn ? flow : {};
      if (!install || steps.event) {
        flow = undefined;
        return;
      }
      flow.told = cancelled("The install was cancelled.");
      install.end(flow.told);
      flow = undefined;
      const { unfinished } = steps;
      if (!unfinished) return;
      await turns.door.call("send", "DELETE", `integrations/${steps.integration.id}`, undefined, { selectedCredentialId: unfinished.id });
    },
  };
}
