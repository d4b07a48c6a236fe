// Runs checks one after another and prints what came of them as JSON. A check fails by throwing.
import assert from 'node:assert/strict';

const results = [];

export async function check(name, work) {
  const limit = AbortSignal.timeout(60_000);
  const late = new Promise((_, fail) => limit.addEventListener('abort', () => fail(new Error('not within 60 s'))));
  try {
    await Promise.race([work(), late]);
    results.push({ name, failure: null });
  } catch (error) {
    results.push({ name, failure: String(error?.stack ?? error) });
  }
}

/** As JSON has it: what is undefined is not there. */
export function same(actual, expected, message) {
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)), message);
}

export async function until(condition) {
  for (const end = Date.now() + 30_000; !(await condition()); ) {
    assert(Date.now() < end, `not within 30 s: ${condition}`);
    await new Promise((go) => setTimeout(go, 5));
  }
}

export async function given() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces));
}

export function finish() {
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

export { assert };
