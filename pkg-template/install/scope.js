// Listeners and timers that are removed together.

export class Scope {
  #undo = new Set();
  ended = false;

  /** Calls `undo` at the end, or now if the scope has ended. */
  add(undo) {
    if (this.ended) undo();
    else this.#undo.add(undo);
  }

  listen(target, name, listener) {
    target.addEventListener(name, listener);
    this.add(() => target.removeEventListener(name, listener));
  }

  every(ms, run) {
    const timer = setInterval(run, ms);
    this.add(() => clearInterval(timer));
  }

  /** Resolves after `ms`; never, if the scope ends before. */
  pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#undo.delete(undo);
        resolve();
      }, ms);
      const undo = () => clearTimeout(timer);
      this.add(undo);
    });
  }

  end() {
    this.ended = true;
    for (const undo of this.#undo) undo();
    this.#undo.clear();
  }
}
