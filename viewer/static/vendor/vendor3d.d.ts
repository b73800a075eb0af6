// Types of the built module beside it (made by viewer/vendor/build.mjs from viewer/vendor/entry.js).
export * from "three";
export { OrbitControls } from "three/addons/controls/OrbitControls.js";
export { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
export { MeshoptDecoder } from "meshoptimizer/decoder";
