// A page that opens our 3D Tiles with 3d-tiles-renderer as it comes from npm.
import * as THREE from "three";
import { TilesRenderer } from "3d-tiles-renderer";
import { finished, stage } from "./stage.js";

const { renderer, scene, camera } = stage();
const tiles = new TilesRenderer(new URLSearchParams(location.search).get("tileset"));
tiles.setCamera(camera);
tiles.setResolutionFromRenderer(camera, renderer);
tiles.errorTarget = 16;
scene.add(tiles.group);
const seen = { tiles: 0, triangles: 0, features: 0, failed: [] };
tiles.addEventListener("load-error", ({ url, error }) => seen.failed.push(`${url} ${error}`));
tiles.addEventListener("load-model", ({ scene: model }) => {
  seen.tiles += 1;
  model.traverse((node) => { if (node.isMesh) { seen.triangles += node.geometry.index.count / 3; seen.features += node.geometry.getAttribute("_feature_id_0") ? 1 : 0; } });
});
async function start() {
  for (let i = 0; i < 1200; i += 1) {
    const sphere = new THREE.Sphere();
    if (tiles.getBoundingSphere(sphere) && sphere.radius > 0) {
      camera.position.copy(sphere.center).addScaledVector(sphere.center.clone().normalize(), Math.min(sphere.radius * 2, 3000));
      camera.up.set(0, 0, 1);
      camera.lookAt(sphere.center);
      camera.near = 10;
      camera.far = 60_000;
      camera.updateProjectionMatrix();
    }
    camera.updateMatrixWorld();
    tiles.update();
    renderer.render(scene, camera);
    if (seen.tiles > 0 && tiles.loadProgress >= 1) break;
    await new Promise((done) => { setTimeout(done, 25); });
  }
  await finished(renderer);
  window.seen = { ...seen, drawn: renderer.info.render.triangles };
}
start().catch((error) => { window.failed = String(error?.stack ?? error); });
