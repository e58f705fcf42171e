// Keeps V8's compiled code between runs, in one file (SHIPWAY_CODE_CACHE). Node's own compile cache cannot: it goes by a
// module's path, and jsii links each package under a path of that one process. Here a module goes by where its package
// really lies, a folder that jsii names by the digest of its content.
//
// The file is a cache: unreadable, cut short or from another V8, it is left aside and written anew.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const zlib = require("node:zlib");
const Module = require("node:module");

const FOLDER = process.env.SHIPWAY_CODE_CACHE;
// crc32 came with Node 20.15: an older Node goes without the cache.
const FILE = FOLDER && zlib.crc32 && path.join(FOLDER, `${process.version}-${process.arch}.bin`);
const HEADER_BYTES = 8; // the index's length and a checksum: V8 itself does not notice a flipped bit
const NODE_MODULES = `${path.sep}node_modules${path.sep}`;

const kept = read();
const compiled = new Map();
let missed = false;

/** Module key -> its code and its source's checksum; empty where there is no such file or it is not whole. */
function read() {
  const entries = new Map();
  const bytes = readWhole();
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(4) !== zlib.crc32(bytes.subarray(HEADER_BYTES))) return entries;
  let at = HEADER_BYTES + bytes.readUInt32LE(0);
  for (const [key, sum, length] of JSON.parse(bytes.toString("utf8", HEADER_BYTES, at))) {
    entries.set(key, { sum, code: bytes.subarray(at, (at += length)) });
  }
  return entries;
}

function readWhole() {
  try {
    return FILE ? fs.readFileSync(FILE) : Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0); // not there yet
  }
}

const realRoots = new Map();

/** Where the module really lies: its package's real folder, and the path in it. */
function keyOf(file) {
  const start = file.lastIndexOf(NODE_MODULES);
  if (start < 0) return file;
  const parts = file.slice(start + NODE_MODULES.length).split(path.sep);
  const name = parts.splice(0, parts[0].startsWith("@") ? 2 : 1).join(path.sep);
  const root = file.slice(0, start) + NODE_MODULES + name;
  if (!realRoots.has(root)) realRoots.set(root, fs.realpathSync(root));
  return path.join(realRoots.get(root), ...parts);
}

/** A CommonJS module compiled, from the kept code where there is some; undefined for a module of another kind. */
function scriptOf(file, bytes) {
  const key = keyOf(file);
  const source = bytes.toString("utf8");
  // V8 compares a source's length with the kept code's, not its text.
  const sum = FILE ? zlib.crc32(bytes) : 0;
  const cachedData = kept.get(key)?.sum === sum ? kept.get(key).code : undefined;
  try {
    const script = new vm.Script(Module.wrap(source), { filename: file, cachedData });
    missed ||= cachedData === undefined || script.cachedDataRejected === true;
    compiled.set(key, { sum, script });
    return script;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Run a compiled module as Node's own loader would. */
function run(script, module, file) {
  const require = Object.assign((id) => module.require(id), Module.createRequire(file));
  script.runInThisContext().call(module.exports, module.exports, require, module, file, path.dirname(file));
}

/** Compile every package's modules through here from now on, and write the file when this process ends. */
function install() {
  const load = Module._extensions[".js"];
  Module._extensions[".js"] = function (module, file) {
    const script = file.includes(NODE_MODULES) ? scriptOf(file, fs.readFileSync(file)) : undefined;
    if (script === undefined) load(module, file);
    else run(script, module, file);
  };
  process.once("exit", write);
}

/** Write the file, if this process compiled anything itself. */
function write() {
  if (!FILE || !missed) return;
  for (const [key, { sum, script }] of compiled) kept.set(key, { sum, code: script.createCachedData() });
  // What an upgrade left behind goes.
  const entries = [...kept].filter(([key]) => fs.existsSync(key));
  const index = Buffer.from(JSON.stringify(entries.map(([key, { sum, code }]) => [key, sum, code.length])));
  const body = Buffer.concat([index, ...entries.map(([, { code }]) => code)]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(index.length, 0);
  header.writeUInt32LE(zlib.crc32(body), 4);
  replace(Buffer.concat([header, body]));
}

/** Several processes may write at once: each writes its own file and moves it into place whole. */
function replace(bytes) {
  const own = `${FILE}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(FILE), { recursive: true });
    fs.writeFileSync(own, bytes);
    fs.renameSync(own, FILE);
  } catch {
    fs.rmSync(own, { force: true }); // a folder that cannot be written: the next run compiles again
  }
}

module.exports = { install, run, scriptOf };
