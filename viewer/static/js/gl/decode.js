// @ts-check
/** Chunks are unpacked in workers: the page stays free while they come. */

/** More than two workers take the processor from what draws. */
const MOST_WORKERS = 2;

/** @typedef {import("./workers/chunk.js").Part} Part */

/** A few workers that share the work; started by the first chunk or by `warm`. */
class Decoders {
  constructor() {
    /** @type {{worker: Worker, busy: number}[]} */
    this.workers = [];
    /** @type {Map<number, {resolve: (parts: Part[]) => void, reject: (error: Error) => void, done: () => void}>} */
    this.waiting = new Map();
    this.last = 0;
    /** @type {() => void} */
    this.sayAwake = () => {};
    /** @type {Promise<void>} a worker hears: until then the page must not be held up, for it starts through the page */
    this.awake = new Promise((done) => { this.sayAwake = done; });
  }

  /** Start the workers. */
  warm() {
    const wanted = Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency || 2) - 1));
    while (this.workers.length < wanted) this.workers.push(this.start());
  }

  start() {
    const worker = new Worker(new URL("./workers/chunk.js", import.meta.url), { type: "module" });
    const entry = { worker, busy: 0 };
    worker.postMessage({ id: 0 }); // answered when the worker hears: what is sent before waits with the page
    worker.onmessage = ({ data }) => {
      this.sayAwake();
      const job = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      job?.done();
      if (data.error) job?.reject(new Error(data.error));
      else job?.resolve(data.parts);
    };
    worker.onerror = (event) => {
      for (const job of this.waiting.values()) job.reject(new Error(event.message || "the worker did not start"));
      this.waiting.clear();
    };
    return entry;
  }

  /** @param {ArrayBuffer} bytes are handed over @param {boolean} edges whether outlines are wanted @returns {Promise<Part[]>} */
  decode(bytes, edges) {
    this.warm();
    const entry = this.workers.reduce((least, one) => (one.busy < least.busy ? one : least));
    entry.busy += 1;
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, done: () => { entry.busy -= 1; } });
      entry.worker.postMessage({ id, bytes, edges }, [bytes]);
    });
  }
}

export const decoders = new Decoders();
