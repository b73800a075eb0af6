// Types of the built module beside it (made by viewer/vendor/build.mjs from viewer/vendor/entry.js).
export * from "three";
export { OrbitControls } from "three/addons/controls/OrbitControls.js";
