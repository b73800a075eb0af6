// What both pages have in common: a canvas, a camera, and a promise of a picture that is finished.
import * as THREE from "three";

export function stage() {
  const renderer = new THREE.WebGLRenderer({ canvas: document.querySelector("canvas"), antialias: false });
  renderer.setSize(innerWidth, innerHeight, false);
  const scene = new THREE.Scene();
  scene.background = new THREE.Color(0xf2f5f6);
  const camera = new THREE.PerspectiveCamera(42, innerWidth / innerHeight, 0.1, 5000);
  return { renderer, scene, camera };
}

/** Wait until the graphics card has done what it was told. */
export function finished(renderer) {
  const gl = renderer.getContext();
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  return new Promise((done) => {
    const look = () => (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED ? done() : setTimeout(look, 2));
    look();
  });
}
