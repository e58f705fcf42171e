// Read by Node before jsii (NODE_OPTIONS=--require). The same cdktf and jsii code runs, with two files answered differently:
// the output does not change by a byte (tests/unit/binding_equal_test.py).
"use strict";
const Module = require("node:module");

const load = Module._extensions[".js"];

// cdktf takes a stack trace with no limit for each nested block it makes, about thirty per job, and Python's frames are
// not in it. A fifth of a synth's time.
const STACK_TRACE = /[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const noStackTrace = { captureStackTrace: () => [], captureCreationStack: () => [] };

// The provider's index reads 250 modules; beside it lies an index that reads a module when a class of it is asked for.
const PROVIDER_INDEX = /[\\/]provider-databricks[\\/]lib[\\/]index\.js$/;

Module._extensions[".js"] = function (module, file) {
  if (STACK_TRACE.test(file)) {
    module.exports = noStackTrace;
  } else if (PROVIDER_INDEX.test(file)) {
    module.exports = module.require("./lazy-index");
  } else {
    load(module, file);
  }
};
