/** Settles as the promise does, or fails after `ms` saying what was missing. */
export function withDeadline(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const missing = typeof what === 'function' ? what() : what;
      reject(new Error(`missing after ${ms / 1000} s: ${missing}`));
    }, ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
