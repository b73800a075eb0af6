// @ts-check
/** Whether single letters act on the view; who speaks to the computer may switch them off (WCAG 2.1, 2.1.4). */

const KEY = "kaksik.letters";

export const lettersAct = () => localStorage.getItem(KEY) !== "off";

/** @param {boolean} on */
export const setLetters = (on) => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "off"));
