// @ts-check
/**
 * Events of a building as they come, from one connection for all tabs of the browser: a SharedWorker holds it, or,
 * where there is none, the tab that holds a lock and tells the others over a BroadcastChannel.
 */

/**
 * @typedef {object} Listener
 * @property {(items: any[]) => void} onItems observations
 * @property {() => void} onGap something was missed: ask for the latest again
 * @property {(open: boolean) => void} [onState] whether the connection stands
 */
/** @typedef {{event: string, data: any}} Told */

const WORKER = new URL("./shared-stream.js", import.meta.url);

/**
 * Follow a stream until the returned function is called.
 * @param {URL} url
 * @param {Listener} listener
 * @returns {() => void}
 */
export function follow(url, listener) {
  const take = (/** @type {Told} */ told) => deliver(told, listener);
  const end = typeof SharedWorker === "function" ? byWorker(url.href, take) : byLeader(url.href, take);
  const onShow = () => { if (!document.hidden) listener.onGap(); };
  document.addEventListener("visibilitychange", onShow);
  return () => { document.removeEventListener("visibilitychange", onShow); end(); };
}

/** @param {Told} told @param {Listener} listener */
export function deliver({ event, data }, listener) {
  if (event === "observation") listener.onItems(Array.isArray(data) ? data : data.items ?? [data]);
  else if (event === "gap") listener.onGap();
  else if (event === "state") listener.onState?.(Boolean(data.open));
}

/** @param {string} url @param {(told: Told) => void} take @returns {() => void} */
function byWorker(url, take) {
  const worker = new SharedWorker(WORKER, { type: "module", name: "kaksik-stream" });
  const lock = `kaksik-tab-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  /** @type {() => void} */
  let release = () => {};
  worker.port.onmessage = ({ data }) => { if (data.url === url) take(data); };
  const open = () => worker.port.postMessage({ type: "open", url, lock });
  const held = navigator.locks?.request(lock, () => { open(); return new Promise((resolve) => { release = () => resolve(null); }); });
  if (!held) open();
  const leave = () => worker.port.postMessage({ type: "close", url });
  addEventListener("pagehide", leave);
  return () => { removeEventListener("pagehide", leave); leave(); release(); worker.port.close(); };
}

/** @param {string} url @param {(told: Told) => void} take @returns {() => void} */
function byLeader(url, take) {
  const channel = new BroadcastChannel(`kaksik-stream ${url}`);
  const stop = new AbortController();
  channel.onmessage = ({ data }) => take(data);
  const tell = (/** @type {Told} */ told) => { take(told); channel.postMessage(told); };
  const lead = () => new Promise((resolve) => {
    const source = new EventSource(url);
    for (const name of ["observation", "gap"]) source.addEventListener(name, (event) => tell({ event: name, data: JSON.parse(/** @type {MessageEvent} */ (event).data) }));
    source.addEventListener("open", () => tell({ event: "state", data: { open: true } }));
    source.addEventListener("error", () => tell({ event: "state", data: { open: false } }));
    stop.signal.addEventListener("abort", () => { source.close(); resolve(null); });
  });
  if (navigator.locks) navigator.locks.request(channel.name, { signal: stop.signal }, lead).catch(() => {});
  else lead();
  return () => { stop.abort(); channel.close(); };
}
