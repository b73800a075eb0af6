// Types of the built module beside it (made by viewer/vendor/build.mjs from viewer/vendor/meshopt.js).
export { MeshoptDecoder } from "meshoptimizer/decoder";
