// @ts-check
import { byId, fill, h } from "./core/dom.js";
import { LANGUAGES, currentLanguage, onLanguage, preferredLanguage, setLanguage, t, translate } from "./core/i18n.js";
import { emptyPlace, formatPlace, parsePlace } from "./core/url.js";
import { onUnauthorised } from "./core/api.js";
import { askFor, linkedStage } from "./building/opening.js";
import { openContext } from "./gl/context.js";
import { decoders } from "./gl/decode.js";
import { icon } from "./core/icons.js";
import { askForToken } from "./ui/token.js";
import { errorBlock, stageMessage, stageProgress, toast } from "./ui/feedback.js";
import { openUpload } from "./ui/upload.js";

/** @typedef {import("./core/url.js").Place} Place */

/**
 * @typedef {object} Page
 * @property {() => void} close frees what the page holds
 * @property {(place: Place) => void} restore follows a walk through the history
 * @property {() => Record<string, any>} inspect read-only state for tests
 */

/**
 * @typedef {object} App What a page may use.
 * @property {import("./gl/viewport.js").Viewport} viewport
 * @property {(patch: Partial<Place>, how?: "push" | "replace") => void} remember writes the address without opening anything
 * @property {(place: Partial<Place>) => void} go opens a place
 * @property {(parts: Node[]) => void} crumbs
 * @property {Promise<void>} words of the chosen language are there
 */

/** @type {Place} */
let place = parsePlace(location.search);
/** What the first place needs, asked for while the code comes. @type {import("./building/opening.js").Opening | null} */
let asked = null;
/** @type {Page | null} */
let page = null;
/** @type {App} */
let app;
/** Panels are drawn by the graphics card, too: until this passed, or the first picture stands, they do not compete with it. */
const VEIL_MS = 3000;
/** @type {() => void} */
let sayUnveiled = () => {};
/** @type {Promise<void>} what stands around the picture is seen: until then it needs not be drawn */
const unveiled = new Promise((done) => { sayUnveiled = done; });
/** After the code has come, workers have so long to start before a context is opened without them. */
const AWAKE_MS = 200;

start().catch((error) => stageMessage(errorBlock(error)));

async function start() {
  const words = setLanguage(preferredLanguage());
  onUnauthorised(async () => { await words; await askForToken(); });
  words.catch(() => {}); // said below
  decoders.warm();
  byId("right").hidden = !place.building; // the canvas has its size from the first
  if (place.building) asked = askFor(place, undefined, place.stage ?? linkedStage(place.building));
  setTimeout(unveil, VEIL_MS);
  const modules = [import("../vendor/vendor3d.js"), import("./gl/viewport.js"), import("./gl/warm.js"), pageModule()];
  for (const module of modules) module.catch(() => {}); // said below, by whoever needs it
  const viewport = openViewport(words);
  viewport.catch(() => {}); // said below
  try {
    await import("../vendor/vendor3d.js");
  } catch {
    await words;
    stageMessage(h("div", { class: "notice error", role: "alert" },
      h("p", { class: "notice-title" }, icon("data_missing"), t("vendor.missing")), h("p", null, t("vendor.hint")),
      h("pre", null, "npm --prefix viewer/vendor ci && node viewer/vendor/build.mjs")));
    return;
  }
  app = { viewport: await viewport, remember, go, crumbs: (parts) => fill(byId("crumbs"), ...parts), words };
  app.viewport.shown.then(unveil);
  unveiled.then(() => app.viewport.wake());
  exposeForTests();
  window.addEventListener("popstate", onPop);
  byId("home").addEventListener("click", (event) => { event.preventDefault(); go({ mode: place.mode }); });
  await Promise.all([open(), Promise.all([words, unveiled]).then(() => { drawBar(); onLanguage(drawBar); })]);
}

/** Show what stands around the picture. */
function unveil() {
  document.documentElement.classList.remove("opening");
  sayUnveiled();
}

/** @param {Promise<void>} words */
async function openViewport(words) {
  const code = Promise.all([import("./gl/viewport.js"), import("./gl/warm.js")]);
  // A context is opened while code still comes. That holds the page up, so the workers run and have their chunks before.
  const begun = Promise.all([decoders.awake, asked?.begun]);
  await Promise.race([begun, code.then(() => new Promise((done) => { setTimeout(done, AWAKE_MS); }))]);
  try {
    const opened = openContext(/** @type {HTMLCanvasElement} */ (byId("canvas")));
    const [{ Viewport }, { warm }] = await code;
    const viewport = new Viewport(opened, {
      onLost: (lost) => stageMessage(lost ? h("div", { class: "notice error", role: "alert" }, h("p", { class: "notice-title" }, icon("data_missing"), t("gl.lost")),
        h("button", { type: "button", class: "button", onclick: () => location.reload() }, t("action.reload"))) : null),
    });
    warm(viewport);
    return viewport;
  } catch (error) {
    await words;
    throw new Error(t("gl.missing"), { cause: error });
  }
}

function drawBar() {
  const add = byId("add-model");
  fill(add, icon("upload"), h("span", null, t("upload.button")));
  add.hidden = false;
  add.onclick = () => openUpload({ building: place.building, onDone: uploaded });
  fill(byId("languages"), ...LANGUAGES.map((code) => h("button", {
    type: "button", lang: code, "aria-pressed": String(code === currentLanguage()), title: t(`language.${code}`), "aria-label": `${code.toUpperCase()}, ${t(`language.${code}`)}`,
    onclick: () => setLanguage(code),
  }, code.toUpperCase())));
  translate(document);
}

/** @param {any} result of the job */
function uploaded(result) {
  toast(t("upload.done"));
  const building = result?.building_id ?? place.building;
  if (building) go({ building, stage: result?.stage ?? null, version: result?.version ? String(result.version) : null });
  else go({});
}

/** Code of the page of the current place. @returns {Promise<{openPage: (app: App, place: Place, asked?: import("./building/opening.js").Opening | null) => Page}>} */
function pageModule() {
  return place.building ? import("./building/page.js") : import("./district/page.js");
}

/** Open the page of the current place. */
async function open() {
  page?.close();
  page = null;
  stageMessage(null);
  stageProgress(null);
  const { openPage } = await pageModule();
  page = openPage(app, place, asked);
  asked = null;
}

/** @param {Partial<Place>} patch @param {"push" | "replace"} [how] */
function remember(patch, how = "replace") {
  place = { ...place, ...patch };
  const address = `${location.pathname}${formatPlace(place)}`;
  if (address === `${location.pathname}${location.search}`) return;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** @param {Partial<Place>} next */
function go(next) {
  const from = place;
  place = emptyPlace();
  remember(next, "push");
  if (page && samePage(from, place)) page.restore(place);
  else open().catch((error) => stageMessage(errorBlock(error)));
}

function onPop() {
  const from = place;
  place = parsePlace(location.search);
  if (page && samePage(from, place)) page.restore(place);
  else open().catch((error) => stageMessage(errorBlock(error)));
}

/** @param {Place} a @param {Place} b */
const samePage = (a, b) => a.building === b.building && a.stage === b.stage && a.version === b.version;

/** Read-only window for browser tests. */
function exposeForTests() {
  const view = {
    get state() { return { page: place.building ? "building" : "district", place: { ...place }, language: currentLanguage(), frames: app.viewport.frames, memory: app.viewport.memory, shownAt: app.viewport.shownAt, software: app.viewport.software, ...page?.inspect() }; },
    get ready() { return Boolean(page?.inspect().ready) && !document.documentElement.classList.contains("opening"); },
    /** @param {number} x @param {number} y */
    pick: (x, y) => page?.inspect().pick?.(x, y) ?? null,
    /** Row of the city on the district page. @param {number} x @param {number} y */
    pickRow: (x, y) => page?.inspect().pickRow?.(x, y) ?? -1,
    /** A picture that is finished. */
    drawn: () => app.viewport.drawn(),
    /** @param {string} id GlobalId, or building id on the district page */
    screenPositionOf: (id) => page?.inspect().screenPositionOf?.(id) ?? null,
  };
  Object.defineProperty(window, "kaksik", { value: Object.freeze(view) });
}
