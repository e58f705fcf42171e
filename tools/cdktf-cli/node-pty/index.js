// Lets cdktf-cli run on any Node: it starts Terraform in a pseudo terminal, by a native module whose ready-made builds end
// with Node 22 and which otherwise is compiled at install, with headers from elsewhere. This stands in for it, with pipes.
"use strict";

const { spawn: start } = require("child_process");

const INTERRUPT = "\x03"; // what cdktf types to stop Terraform

function spawn(file, args, options) {
  // Its own session, as in a pseudo terminal: Ctrl-C reaches cdktf, and cdktf interrupts Terraform, once.
  const child = start(file, args, { cwd: options.cwd, env: options.env, detached: true, stdio: "pipe" });
  const listeners = { data: [], exit: [] };
  const tell = (event, what) => listeners[event].forEach((listener) => listener(what));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => tell("data", text));
  child.stdin.on("error", () => {}); // Terraform ended before it read the answer; its exit code says why
  const abandon = () => child.kill("SIGINT");
  process.once("exit", abandon);
  child.once("error", (error) => {
    tell("data", `${file}: ${error.message}\n`);
    tell("exit", { exitCode: 127 });
  });
  child.once("close", (code) => {
    process.removeListener("exit", abandon);
    if (child.pid !== undefined) tell("exit", { exitCode: code === null ? 1 : code });
  });
  return {
    pid: child.pid,
    onData: (listener) => listeners.data.push(listener),
    onExit: (listener) => listeners.exit.push(listener),
    write: (text) => (text === INTERRUPT ? child.kill("SIGINT") : child.stdin.write(text)),
    kill: (signal) => child.kill(signal),
  };
}

module.exports = { spawn };
