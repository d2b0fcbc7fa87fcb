/* global AbortSignal, setImmediate */
// Loaded before the service (NODE_OPTIONS=--require): breaks it when its parent says so. Plain JavaScript, since node runs
// it by itself.
const timeout = AbortSignal.timeout.bind(AbortSignal);
let words = null;

// Every provider call asks for its timeout first.
AbortSignal.timeout = (ms) => {
  if (words === null) return timeout(ms);
  const error = new Error(words, { cause: new Error(words) });
  words = null;
  throw error;
};

process.on("message", ({ breakNextCall, crash }) => {
  if (breakNextCall !== undefined) words = breakNextCall;
  if (crash !== undefined) setImmediate(() => Promise.reject(new Error(crash)));
});
// Listening must not keep a process alive that is done.
process.channel?.unref();
