import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { fillIn } from "../static/js/core/i18n.js";

const root = new URL("../static/", import.meta.url);
const load = async (code) => JSON.parse(await readFile(new URL(`i18n/${code}.json`, root), "utf8"));
const [en, et, fr] = await Promise.all(["en", "et", "fr"].map(load));
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test("all languages have the same keys, none empty", () => {
  for (const other of [et, fr]) assert.deepEqual(Object.keys(other), Object.keys(en));
  for (const words of [en, et, fr]) assert.equal(new Set(Object.keys(words)).size, Object.keys(en).length);
  for (const words of [en, et, fr]) for (const [key, text] of Object.entries(words)) assert.ok(text.trim(), key);
});

test("all languages fill the same places", () => {
  for (const key of Object.keys(en)) for (const other of [et, fr]) assert.deepEqual(places(other[key]), places(en[key]), key);
});

/** All of the viewer's own text. */
async function code() {
  const sources = [await readFile(new URL("index.html", root), "utf8")];
  for (const name of await readdir(new URL("js/", root), { recursive: true })) if (name.endsWith(".js")) sources.push(await readFile(new URL(`js/${name}`, root), "utf8"));
  return { text: sources.join("\n") };
}

test("every key that the code or the page names has words", async () => {
  const { text } = await code();
  const named = [...text.matchAll(/\bt\("([a-zA-Z0-9_.-]+)"/g), ...text.matchAll(/data-i18n(?:-label)?="([^"]+)"/g)].map((m) => m[1]).filter((key) => key !== "…");
  assert.ok(named.length > 80);
  for (const key of named) assert.ok(key in en, key);
});

test("every family of keys is whole", () => {
  const families = {
    "stage.": ["as-designed", "as-built", "as-maintained", "none"], "verdict.": ["pass", "fail", "not_applicable", "needs_human", "data_missing"],
    "source.": ["verified", "secondary", "unverified"], "seal.": ["valid", "invalid", "unsealed"], "step.": ["passed", "failed", "skipped"],
    "permit.status.": ["pass", "fail", "needs_human", "data_missing", "none"], "permit.count.": ["fail", "needs_human", "data_missing"],
    "mode.": ["stage", "permit", "energy", "seal", "alarms"], "alarms.": ["many", "few", "zero", "none"], "tab.": ["model", "permit", "energy", "live", "history", "ask"],
    "band.": ["structure", "architecture", "services", "furniture", "site", "spaces"], "tool.": ["fit", "hide", "isolate", "ghost", "reset", "close"],
    "keys.": ["F", "H", "I", "G", "R", "Esc"], "live.col.": ["point", "trend", "value", "age"], "energy.col.": ["orientation", "kind", "area", "u", "source"], "history.": ["added", "changed", "removed"],
    "application.state.": ["draft", "submitted", "in_review", "revision_requested", "granted", "refused"], "application.act.": ["open", "submit", "review", "justify", "decide", "request_revision", "grant", "refuse", "plan"],
    "application.done.": ["review", "request_revision", "grant", "refuse"], "design.": ["ES", "EP", "PP", "TP", "TJ"], "ruling.": ["accepted", "upheld"], "difference.": ["fixed", "still_open", "new"],
    "role.": ["designer", "builder", "owner", "owner-supervision", "municipality"], "alarm.state.": ["active-unacknowledged", "active-acknowledged", "cleared-unacknowledged", "closed"],
    "alarm.what.": ["raised", "cleared", "acknowledged", "assigned", "commented"], "command.status.": ["proposed", "confirmed", "sent", "obeyed", "expired", "refused", "withdrawn"],
    "live.span.": ["day", "week", "month", "year"], "warm.": ["low", "in", "high"], "comfort.": ["low", "in", "high"], "whatif.package.": ["windows", "shell", "air", "deep"], "topic.left.": ["camera", "clipping", "visibility"],
  };
  for (const [prefix, names] of Object.entries(families)) for (const name of names) assert.ok(`${prefix}${name}` in en, `${prefix}${name}`);
});

test("no words are left over that nothing says", async () => {
  const { text } = await code();
  const marked = [...text.matchAll(/data-i18n(?:-label)?="([^"]+)"/g)].map((m) => m[1]);
  const said = new Set([...marked, ...[...text.matchAll(/["'`]([a-zA-Z0-9_]+(?:\.[a-zA-Z0-9_ -]+)+)["'`]/g)].map((m) => m[1])]);
  const begun = [...text.matchAll(/`([a-zA-Z0-9_]+(?:\.[a-zA-Z0-9_]+)*\.)\$\{/g)].map((m) => m[1]);
  const families = [...text.matchAll(/(?:word|named)\("([a-zA-Z0-9_.]+)"/g)].map((m) => `${m[1]}.`);
  const used = (key) => said.has(key) || [...begun, ...families].some((prefix) => key.startsWith(prefix));
  assert.deepEqual(Object.keys(en).filter((key) => !used(key) && !(key.endsWith(".one") && used(key.slice(0, -4)))), []);
});

test("places are filled, unknown ones stay visible", () => {
  assert.equal(fillIn("{n} of {total}", { n: 3, total: 5 }), "3 of 5");
  assert.equal(fillIn("{n} of {total}", { n: 3 }), "3 of {total}");
});
