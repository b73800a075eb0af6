// @ts-check
/**
 * Runs as a SharedWorker: one stream of events for each address, however many tabs look at it.
 * A browser opens six connections to a host at most; without this the seventh tab would wait for ever.
 */

/** @typedef {{type: "open" | "close", url: string, lock?: string}} Order what a tab sends */
/** @typedef {{source: EventSource, ports: Set<MessagePort>}} Line */

/** @type {Map<string, Line>} */
const lines = new Map();
const EVENTS = ["observation", "gap", "alarm"];

const scope = /** @type {any} */ (globalThis);
scope.onconnect = (/** @type {MessageEvent} */ event) => {
  const [port] = event.ports;
  port.onmessage = ({ data }) => take(port, data);
  port.start();
};

/** @param {MessagePort} port @param {Order} order */
function take(port, order) {
  if (order.type === "close") return leave(port, order.url);
  const line = lines.get(order.url) ?? open(order.url);
  line.ports.add(port);
  say([port], { url: order.url, event: "state", data: { tabs: line.ports.size, open: line.source.readyState === 1 } });
  // A tab that dies says nothing: the lock that it holds is free then.
  if (order.lock && navigator.locks) navigator.locks.request(order.lock, () => leave(port, order.url));
}

/** @param {string} url @returns {Line} */
function open(url) {
  const source = new EventSource(url);
  const line = { source, ports: new Set() };
  lines.set(url, line);
  for (const name of EVENTS) source.addEventListener(name, (event) => say(line.ports, { url, event: name, data: JSON.parse(/** @type {MessageEvent} */ (event).data) }));
  source.addEventListener("open", () => say(line.ports, { url, event: "state", data: { tabs: line.ports.size, open: true } }));
  source.addEventListener("error", () => say(line.ports, { url, event: "state", data: { tabs: line.ports.size, open: false } }));
  return line;
}

/** @param {MessagePort} port @param {string} url */
function leave(port, url) {
  const line = lines.get(url);
  if (!line?.ports.delete(port) || line.ports.size) return;
  line.source.close();
  lines.delete(url);
}

/** @param {Iterable<MessagePort>} ports @param {unknown} message */
function say(ports, message) {
  for (const port of ports) port.postMessage(message);
}
