// Prints whatever an import may not do, when it is done.

exports.watch = () => {
  for (const [on, name] of [
    [globalThis, "fetch"],
    [globalThis, "setTimeout"],
    [globalThis, "setInterval"],
    [globalThis, "addEventListener"],
    [WebAssembly, "instantiate"],
    [WebAssembly, "compile"],
    [WebAssembly, "Module"],
  ]) {
    if (on[name] === undefined) continue;
    on[name] = new Proxy(on[name], {
      apply: (target, self, args) => (console.log(name), Reflect.apply(target, self, args)),
      construct: (target, args) => (console.log(name), Reflect.construct(target, args)),
    });
  }
  const before = Object.getOwnPropertyNames(globalThis);
  process.on("exit", () => {
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
    if (added.length) console.log("globals", added.join());
  });
};
