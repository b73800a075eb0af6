import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { reasonText, take, term, translated } from "../static/js/ui/sentences.js";

const load = async (code) => JSON.parse(await readFile(new URL(`../static/i18n/service.${code}.json`, import.meta.url), "utf8"));
const [en, et, fr] = await Promise.all(["en", "et", "fr"].map(load));

test("all languages have the same reasons, sentences and terms, none empty", () => {
  assert.deepEqual(Object.keys(et.reasons), Object.keys(en.reasons));
  for (const part of ["reasons", "sentences", "terms"]) assert.deepEqual(Object.keys(fr[part]), Object.keys(et[part]), part);
  for (const words of [en.reasons, ...["reasons", "sentences", "terms"].flatMap((part) => [et[part], fr[part]])]) for (const [key, text] of Object.entries(words)) assert.ok(text.trim(), key);
});

test("a translation fills places that its sentence has, and no others", () => {
  for (const words of [et.sentences, fr.sentences]) for (const [english, text] of Object.entries(words)) {
    const places = english.split("{}").length - 1;
    const filled = new Set([...text.matchAll(/\{(\d)\}/g)].map((m) => Number(m[1])));
    assert.deepEqual([...filled].sort(), Array.from({ length: places }, (_, i) => i + 1), english);
  }
});

test("places are put where the language wants them; terms, lists and numbers in them are said, too", () => {
  take(et);
  assert.equal(translated("The weights of district-heating, electricity are not verified at their source."), "Kaalumistegurid (kaugküte, elekter) ei ole algallikast kontrollitud.");
  assert.equal(translated("as-built-survey is missing."), "Puudub: teostusmõõdistus.");
  assert.equal(translated("The signature of the owner-supervision is missing."), "Allkiri puudub: omanikujärelevalve.");
  assert.match(translated("14.4 m² behind inner walls and floors, where others meet them, were not counted as envelope.") ?? "", /^14[.,]4 m² siseseinte/);
  assert.equal(translated("It is entry 2 of 18 in the log a.b/log. Whether you trust this log is yours to say: --log-policy."), "See on logi a.b/log kirje 2 (18 kirjest). Kas seda logi usaldada, on teie otsustada.");
  assert.doesNotMatch(translated("It was not revoked when the status list was signed, on 2026-11-22T08:13:36Z.") ?? "T08", /T08/);
  assert.equal(translated("Two sentences. Of nobody."), null);
  assert.equal(term("fire-report"), "tuleohutusaruanne");
  assert.equal(term("unheard-of"), "unheard-of");
});

test("a code has words in the chosen language, an unknown one none", () => {
  take(fr);
  assert.equal(reasonText("commands-off"), "Les commandes sont désactivées.");
  assert.equal(reasonText("no-such-code"), "");
});
