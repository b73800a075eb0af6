// A page that shows one .frag with @thatopen/fragments, as its guide says, and tells when the first picture is there.
import * as THREE from "three";
import { FragmentsModels } from "@thatopen/fragments";
import { finished, stage } from "./stage.js";

const { renderer, scene, camera } = stage();
const models = new FragmentsModels("fragments-worker.js");
const query = new URLSearchParams(location.search);
let loaded = 0;

async function open(name) {
  const buffer = await (await fetch(query.get("model"))).arrayBuffer();
  const model = await models.load(buffer, { modelId: name, camera });
  scene.add(model.object);
  const sphere = model.box.getBoundingSphere(new THREE.Sphere());
  camera.position.copy(sphere.center).addScaledVector(new THREE.Vector3(-0.55, 0.62, 0.8).normalize(), sphere.radius * 2);
  camera.lookAt(sphere.center);
  camera.far = sphere.radius * 6;
  camera.updateProjectionMatrix();
  camera.updateMatrixWorld();
  window.center = sphere.center;
  loaded += 1;
  return model;
}

async function start() {
  let model = await open("first");
  for (;;) {
    await models.update(true);
    renderer.render(scene, camera);
    if (renderer.info.render.triangles > 0) break;
    await new Promise((done) => { setTimeout(done, 4); });
  }
  await finished(renderer);
  window.firstMs = performance.now();
  window.bench = {
    triangles: () => renderer.info.render.triangles,
    async orbit(angle) {
      camera.position.sub(window.center).applyAxisAngle(new THREE.Vector3(0, 1, 0), angle).add(window.center);
      camera.lookAt(window.center);
      camera.updateMatrixWorld();
      const from = performance.now();
      await models.update();
      renderer.render(scene, camera);
      await finished(renderer);
      return performance.now() - from;
    },
    async pick(x, y) {
      const from = performance.now();
      await model.raycast({ camera, mouse: new THREE.Vector2(x, y), dom: renderer.domElement });
      return performance.now() - from;
    },
    async again() {
      await models.disposeModel(`first`).catch(() => {});
      scene.clear();
      model = await open("first");
      await models.update(true);
      renderer.render(scene, camera);
      await finished(renderer);
    },
  };
}

start().catch((error) => { window.failed = String(error?.stack ?? error); });
