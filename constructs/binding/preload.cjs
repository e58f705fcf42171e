// Answers two of cdktf's files differently and leaves the rest of cdktf and jsii as they are; the output does not change
// by a byte (tests/unit/binding_output_test.py). kernel.cjs reads it, or Node itself (NODE_OPTIONS=--require).
"use strict";
const fs = require("node:fs");
const Module = require("node:module");

// cdktf takes a stack trace with no limit for each nested block it makes, about thirty per job, and Python's frames are
// not in it. A fifth of a synth's time.
const STACK_TRACE = /[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const noStackTrace = { captureStackTrace: () => [], captureCreationStack: () => [] };

// The provider's index reads 250 modules; beside it lies an index that reads a module when a class of it is asked for.
const PROVIDER_INDEX = /[\\/]provider-databricks[\\/]lib[\\/]index\.js$/;

const load = Module._extensions[".js"];
Module._extensions[".js"] = function (module, file) {
  if (STACK_TRACE.test(file)) {
    module.exports = noStackTrace;
  } else if (PROVIDER_INDEX.test(file)) {
    module.exports = module.require("./lazy-index");
  } else {
    load(module, file);
  }
};
