// @ts-check
/** The only place that speaks HTTP. Errors are RFC 9457 problems; a 401 asks for the token once and tries again. */

const BASE = new URL("api/v1/", document.baseURI);

/** @typedef {{type?: string, title?: string, status?: number, detail?: string, reason?: string, hint?: string, entity?: string, line?: number}} ProblemBody */

/** An answer that is not the wished one. */
export class Problem extends Error {
  /** @param {ProblemBody} body */
  constructor(body) {
    super(body.detail || body.title || "request failed");
    this.name = "Problem";
    this.body = body;
  }
}

/** @type {() => Promise<void>} */
let askForToken = () => Promise.reject(new Problem({ title: "401", status: 401 }));

/** @param {() => Promise<void>} ask shows the token form and resolves when a session stands */
export function onUnauthorised(ask) {
  askForToken = ask;
}

/** @param {string} path below /api/v1, or an absolute path from a Location header */
export const apiUrl = (path) => new URL(path.replace(/^\/(?!api\/)/, ""), BASE);

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function request(path, init = {}) {
  for (;;) {
    /** @type {Response} */
    let answer;
    try {
      answer = await fetch(apiUrl(path), { credentials: "same-origin", ...init });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Problem({ title: "offline", reason: "offline" });
    }
    if (answer.status === 401 && !path.startsWith("/session")) {
      await askForToken();
      continue;
    }
    if (!answer.ok) throw new Problem(await problemOf(answer));
    return answer;
  }
}

/** @param {Response} answer @returns {Promise<ProblemBody>} */
async function problemOf(answer) {
  try {
    const body = await answer.json();
    if (body && typeof body === "object" && !Array.isArray(body)) return { status: answer.status, ...body };
  } catch {
    // not JSON: the status alone speaks
  }
  return { status: answer.status, title: `${answer.status} ${answer.statusText}`.trim() };
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
export const getJson = async (path, init) => (await request(path, init)).json();

/**
 * GET a list that may come in parts, whole: each part says in `next` where the one after it begins.
 * @param {string} path
 * @param {string} name of the list
 * @param {(path: string) => Promise<any>} [read]
 * @returns {Promise<any>} the first part, with the items of all
 */
export async function getWhole(path, name, read = getJson) {
  const first = await read(path);
  const items = [...first[name]];
  for (let next = first.next; Number.isInteger(next);) {
    const part = await read(`${path}${path.includes("?") ? "&" : "?"}offset=${next}`);
    items.push(...part[name]);
    next = part.next > next ? part.next : null;
  }
  return { ...first, [name]: items };
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function postJson(path, body) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) };
  const answer = await request(path, init);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/**
 * Fetch one immutable geometry blob.
 * @param {string} sha256
 * @param {AbortSignal} [signal]
 */
export const getBlob = async (sha256, signal) => (await request(`/blobs/${sha256}.glb`, { signal })).arrayBuffer();

/**
 * Path of one version.
 * @param {string} building
 * @param {string} stage
 * @param {string | number} version
 */
export const versionPath = (building, stage, version) =>
  `/buildings/${encodeURIComponent(building)}/versions/${encodeURIComponent(stage)}/${encodeURIComponent(String(version))}`;

/**
 * Upload a model, with progress of the bytes (XMLHttpRequest is the one that tells it).
 * @param {File} file
 * @param {{building?: string, stage: string}} target
 * @param {(share: number) => void} onProgress
 * @returns {Promise<{job_id: string}>}
 */
export function uploadModel(file, target, onProgress) {
  const url = apiUrl("/buildings");
  url.searchParams.set("stage", target.stage);
  if (target.building) url.searchParams.set("building_id", target.building);
  const form = new FormData();
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", url);
    xhr.responseType = "json";
    xhr.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    xhr.addEventListener("error", () => reject(new Problem({ title: "offline", reason: "offline" })));
    xhr.addEventListener("load", () => {
      if (xhr.status === 401) askForToken().then(() => uploadModel(file, target, onProgress)).then(resolve, reject);
      else if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.response);
      else reject(new Problem(xhr.response ?? { status: xhr.status, title: String(xhr.status) }));
    });
    xhr.send(form);
  });
}

/**
 * Follow a job to its end over server-sent events, and by asking when the stream breaks.
 * @param {string} jobId
 * @param {(job: any) => void} onProgress
 * @returns {Promise<any>} the finished job
 */
export function followJob(jobId, onProgress) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(apiUrl(`/jobs/${encodeURIComponent(jobId)}/events`));
    const finish = (/** @type {any} */ job) => {
      source.close();
      if (job.status === "failed") reject(new Problem(job.problem ?? { title: "failed" }));
      else resolve(job);
    };
    const read = (/** @type {Event} */ event) => JSON.parse(/** @type {MessageEvent} */ (event).data);
    source.addEventListener("progress", (event) => onProgress(read(event)));
    source.addEventListener("done", (event) => finish(read(event)));
    source.addEventListener("failed", (event) => finish({ ...read(event), status: "failed" }));
    source.addEventListener("error", () => {
      getJson(`/jobs/${encodeURIComponent(jobId)}`).then((job) => {
        if (job.status === "done" || job.status === "failed") finish(job);
        else onProgress(job);
      }, (error) => { source.close(); reject(error); });
    });
  });
}
