// Runs jsii's kernel in the process that Python started (JSII_RUNTIME), where jsii starts two: a relay, and the kernel
// behind it. A call then takes 75 µs instead of 180, and one Node starts instead of two. What the relay does besides is
// done here: what JavaScript prints goes to Python as one line of JSON per write.
//
// binding/_start.py names this file only where jsii's program has the two texts replaced below.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const Module = require("node:module");
const { Writable } = require("node:stream");
const codeCache = require("./code_cache.cjs");
codeCache.install();
require("./preload.cjs");

const PROGRAM = process.env.SHIPWAY_JSII_PROGRAM;
const IN_PLACE = [
  // The calls come from Python's pipe, not from the relay's socket.
  ["readFD:3,writeFD:3", "readFD:0,writeFD:1"],
  // In the Python package the worker that indexes a package lies beside the program under this name.
  ['"runtime-index-worker.js"', '"lib__runtime-index-worker.js"'],
];

const RETRY_MS = 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

function writeAll(fd, text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      // The pipe is full and Python is slow to read it.
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
}

// Standard output is the channel to Python: a stray console.log in it would end the run.
for (const tag of ["stdout", "stderr"]) {
  const stream = new Writable({
    decodeStrings: true,
    write(chunk, _encoding, done) {
      writeAll(2, JSON.stringify({ [tag]: chunk.toString("base64") }) + "\n");
      done();
    },
  });
  Object.defineProperty(process, tag, { configurable: true, enumerable: true, value: stream });
}

// cdktf calls a function that Node 24 has deprecated, and nobody who reads that warning here could change it.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, type, code, ...rest) => {
  if (code !== "DEP0044") emitWarning.call(process, warning, type, code, ...rest);
};

// jsii links its unpacked packages instead of copying them where it sees this flag; NODE_OPTIONS carries it to Node, and
// what stands there is not listed in execArgv.
process.execArgv.push("--preserve-symlinks");

const source = IN_PLACE.reduce((text, [from, to]) => text.replace(from, to), fs.readFileSync(PROGRAM, "utf8"));
const program = new Module(PROGRAM, null);
program.filename = PROGRAM;
program.paths = Module._nodeModulePaths(path.dirname(PROGRAM));
codeCache.run(codeCache.scriptOf(PROGRAM, Buffer.from(source)), program, PROGRAM);
