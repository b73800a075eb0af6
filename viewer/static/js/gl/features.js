// @ts-check
import { DataTexture, Group, NearestFilter, RGBAIntegerFormat, UnsignedByteType } from "../../vendor/vendor3d.js";
import { SELECTED, fillState, stateSize } from "../core/ids.js";
import { sharedUniforms } from "./material.js";

/** One model on the screen: its meshes and the texture that says how each of its features looks. */
export class FeatureModel {
  /**
   * @param {number} number 0..255, tells models apart in a pick
   * @param {number} count features
   */
  constructor(number, count) {
    this.number = number;
    this.count = count;
    this.size = stateSize(count);
    this.state = new Uint8Array(this.size.width * this.size.height * 4);
    this.texture = new DataTexture(this.state, this.size.width, this.size.height, RGBAIntegerFormat, UnsignedByteType);
    this.texture.internalFormat = "RGBA8UI";
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
    this.uniforms = sharedUniforms(this);
    this.group = new Group();
    /** @type {import("./chunks.js").Chunk[]} */
    this.chunks = [];
    this.counts = { ghosts: 0, hidden: 0 };
    this.caps = false;
  }

  /** Draw caps where section planes cut bodies; without planes the shader is the quick one. @param {boolean} on */
  setCaps(on) {
    if (on === this.caps) return;
    this.caps = on;
    for (const chunk of this.chunks) chunk.setCaps(on);
  }

  /** Show a view: one fill and one upload, whatever the number of features. @param {import("../core/ids.js").FeatureView} view */
  show(view) {
    this.counts = fillState(this.state, this.count, view);
    this.texture.needsUpdate = true;
    this.seeThrough();
  }

  /**
   * Show classes: each feature has a number, each number a texel. One pass over two arrays, whatever the classes mean.
   * @param {Uint8Array} classes of each feature
   * @param {Uint32Array} palette texel of each class, see `texel`
   * @param {number} [selected] a feature that is marked, −1 for none
   */
  paint(classes, palette, selected = -1) {
    const state = new Uint32Array(this.state.buffer);
    for (let i = 0; i < this.count; i += 1) state[i] = palette[classes[i]];
    if (selected >= 0 && selected < this.count) state[selected] |= SELECTED << 24;
    this.counts = { ghosts: 0, hidden: 0 };
    this.texture.needsUpdate = true;
    this.seeThrough();
  }

  /** Draw the see-through pass only of meshes that can be seen through. */
  seeThrough() {
    for (const chunk of this.chunks) for (const mesh of chunk.through) mesh.visible = mesh.userData.alpha || this.counts.ghosts > 0;
  }

  /** @param {import("./chunks.js").Chunk} chunk */
  add(chunk) {
    this.chunks.push(chunk);
    chunk.setCaps(this.caps);
    this.group.add(chunk.group);
    this.seeThrough();
  }

  /** Take a chunk away and free it. @param {import("./chunks.js").Chunk} chunk */
  remove(chunk) {
    this.chunks = this.chunks.filter((kept) => kept !== chunk);
    chunk.dispose();
  }

  /** @param {number} feature −1 for none @returns {boolean} whether it changed */
  hover(feature) {
    if (this.uniforms.uHover.value === feature) return false;
    this.uniforms.uHover.value = feature;
    return true;
  }

  /** Free what the graphics card holds. */
  dispose() {
    for (const chunk of this.chunks) chunk.dispose();
    this.chunks = [];
    this.texture.dispose();
    this.group.removeFromParent();
  }
}
