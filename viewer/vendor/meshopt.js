// What the workers that unpack geometry need: a small module, so that they start before the page has read the large one.
export { MeshoptDecoder } from "meshoptimizer/decoder";
