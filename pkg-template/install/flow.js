// `installFlow`: an install step by step, with forms of the application's own.

import { asFailure, cancelled } from "./errors.js";
import { errorListener, notify } from "./install.js";
import { failure, installOptions, object, text } from "./module.js";
import { checkWindow, close, keep, opensInClickOnly } from "./queue.js";
import { InstallSession } from "./session.js";

/** The flow of one `start`. */
class Flow {
  /** The stage that was reported last, for calls that are made while a step is under way. */
  at = "start";
  /** The step that is under way, and the name of the function that began it. */
  running;
  by;
  /** The error that was reported last, or with which the application itself has ended the flow. */
  reported;

  constructor(queue, type, options) {
    Object.assign(this, { queue, type, options });
    this.session = new InstallSession(options);
    this.install = queue.begin(options, (error) => {
      // No promise is pending that would reject.
      if (!this.running) this.#report(error, null);
    });
    this.install.scope.add(() => close(options.popup));
  }

  get isOn() {
    return !this.install.ended || Boolean(this.session.event);
  }

  /** Runs a step; resolves to the stage that is reached. */
  run(by, work) {
    const running = work().then(
      () => this.#reached(),
      (cause) => this.#failed(asFailure(cause)),
    );
    this.by = by;
    this.running = running;
    if (this.options.onError) running.catch(() => {}); // The listener knows.
    return running;
  }

  #reached() {
    this.running = undefined;
    const stage = this.stage();
    if (stage.done) {
      this.install.finish();
      notify(this.options.onComplete, { ...stage.event });
    } else {
      this.#arrive(stage);
    }
    return stage;
  }

  #failed(error) {
    this.running = undefined;
    // Without its integration nothing can go on.
    if (!this.session.integration) this.install.finish();
    const stage = this.install.ended ? undefined : this.stage();
    // An answer that was given is needed again.
    if (this.at === "oauth" && stage && stage.stage !== "oauth") this.#arrive(stage);
    this.#report(error, stage ? { stage: stage.stage } : null);
    void this.install.following?.then(() => {
      // Perhaps the account was connected all the same.
      const { event, credential } = this.session;
      if ((event ?? credential) && this.isOn && !this.running) void this.run("next", async () => {});
    });
    throw error;
  }

  #arrive(stage) {
    this.at = stage.stage;
    notify(this.options.onNext, stage);
  }

  #report(error, context) {
    if (this.reported !== error) notify(this.options.onError, error, context);
    this.reported = error;
  }

  /** Reports a call that was refused, and rejects it. */
  refused(error) {
    this.#report(error, { stage: this.running ? this.at : this.stage().stage });
    const rejected = Promise.reject(error);
    if (this.options.onError) rejected.catch(() => {}); // The listener knows.
    return rejected;
  }

  /** The stage, as the application gets it. */
  stage() {
    const stage = this.session.stage();
    if (stage.stage === "connect") return { stage: "preOptions", options: [], done: false };
    if (stage.stage !== "instruction") return stage;
    const onClick = () => {
      if (this.isOn && !this.running && this.session.stage().stage === "instruction") {
        this.session.instructed = true;
        this.goOn("instruction").catch(() => {}); // `onError` and `next` report it.
      }
    };
    return { ...stage, finish: { type: "finishButton", label: "I have installed it", onClick } };
  }

  /** @param opened the popup that was opened in the click, `null` if it was blocked */
  start(opened) {
    const { options, session, install, queue, type } = this;
    let popup = keep(opened);
    if (popup === undefined && !install.ended) {
      const guess = queue.guess(type, options);
      const isNext = guess ? guess.stage().stage === "oauth" : options.popup === undefined && opensInClickOnly();
      if (isNext) popup = queue.popupOf(options);
    }
    return this.run("start", async () => {
      try {
        await session.begin(install, queue.catalogue, type);
        if (session.stage().stage !== "oauth") close(popup);
        else if (popup === undefined) popup = queue.popupOf(options);
        await this.#connect(popup);
      } finally {
        close(popup);
      }
    });
  }

  /** Goes on after an answer. In a click: it may open the popup. */
  goOn(by) {
    const popup = this.session.stage().stage === "oauth" ? this.queue.popupOf(this.options) : undefined;
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
    const { stage } = this.session.stage();
    if (stage === "connect") await this.session.connect(this.install);
    if (stage !== "oauth") return;
    this.#arrive({ stage, done: false });
    checkWindow(popup);
    await this.session.connect(this.install, popup);
  }

  setUp(values) {
    return this.run("setPostOptions", () => this.session.setUp(this.install, values));
  }
}

export function installFlow(queue) {
  let flow;

  /** Goes on with the flow, if it is at one of these stages. The same call again returns the promise of the first. */
  function reply(by, fitting, apply) {
    if (!flow?.isOn)
      return Promise.reject(failure("no_install_flow", "No install flow is on: call installFlow.start first."));
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
    start(type, given, opened) {
      try {
        const options = installOptions(given);
        flow = new Flow(queue, text(type, "type"), options);
      } catch (error) {
        close(opened);
        const rejected = Promise.reject(error);
        const onError = errorListener(given);
        if (onError) {
          rejected.catch(() => {}); // The listener knows.
          notify(onError, error, null);
        }
        return rejected;
      }
      return flow.start(opened);
    },

    next: () =>
      reply("next", ["accountType", "instruction", "preOptions", "oauth", "postOptions", "done"], () =>
        flow.stage().stage === "oauth" ? flow.goOn("next") : Promise.resolve(flow.stage()),
      ),

    setAccountType: (id) =>
      reply("setAccountType", ["accountType", "instruction", "preOptions", "oauth"], () => {
        flow.session.chooseAccountType(text(id, "accountType"));
        return flow.goOn("setAccountType");
      }),

    setPreOptions: (values) =>
      reply("setPreOptions", ["preOptions", "oauth"], () => {
        flow.session.preOptions = { ...object(values, "preOptions") };
        return flow.goOn("setPreOptions");
      }),

    setPostOptions: (values) =>
      reply("setPostOptions", ["postOptions"], () => flow.setUp({ ...object(values, "postOptions") })),

    async cancel() {
      const { install, session } = flow?.isOn ? flow : {};
      if (!install || session.event) {
        flow = undefined;
        return;
      }
      flow.reported = cancelled("The install was cancelled.");
      install.end(flow.reported);
      flow = undefined;
      const { unfinished } = session;
      if (!unfinished) return;
      await queue.transport.call("send", "DELETE", `integrations/${session.integration.id}`, undefined, {
        selectedCredentialId: unfinished.id,
      });
    },
  };
}
