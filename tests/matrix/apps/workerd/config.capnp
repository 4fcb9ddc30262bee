using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ ( name = "main", worker = .main ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ],
);

const main :Workerd.Worker = (
  compatibilityDate = "2025-06-01",
  modules = [
    ( name = "worker.js", esModule = embed "worker.js" ),
MODULES
  ],
);
