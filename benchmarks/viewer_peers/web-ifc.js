// A page that reads one IFC file in the browser with web-ifc and draws its meshes merged by colour.
import * as THREE from "three";
import { IfcAPI } from "web-ifc";
import { finished, stage } from "./stage.js";

const { renderer, scene, camera } = stage();
const api = new IfcAPI();
api.SetWasmPath("./", true);

function collect(id) {
  const parts = new Map();
  api.StreamAllMeshes(id, (mesh) => {
    for (let i = 0; i < mesh.geometries.size(); i += 1) {
      const placed = mesh.geometries.get(i);
      const { x, y, z, w } = placed.color;
      const key = [x, y, z, w].join();
      const geometry = api.GetGeometry(id, placed.geometryExpressID);
      const vertices = api.GetVertexArray(geometry.GetVertexData(), geometry.GetVertexDataSize());
      const index = api.GetIndexArray(geometry.GetIndexData(), geometry.GetIndexDataSize());
      if (!parts.has(key)) parts.set(key, { color: placed.color, bodies: [], vertices: 0, index: 0 });
      const part = parts.get(key);
      part.bodies.push({ vertices, index, matrix: new THREE.Matrix4().fromArray(placed.flatTransformation) });
      part.vertices += vertices.length / 6;
      part.index += index.length;
      geometry.delete();
    }
  });
  return parts;
}

function merged({ color, bodies, vertices, index }) {
  const positions = new Float32Array(vertices * 3);
  const numbers = new Uint32Array(index);
  const point = new THREE.Vector3();
  let [vertex, at] = [0, 0];
  for (const body of bodies) {
    for (const i of body.index) { numbers[at] = i + vertex; at += 1; }
    for (let v = 0; v < body.vertices.length; v += 6) {
      point.fromArray(body.vertices, v).applyMatrix4(body.matrix).toArray(positions, vertex * 3);
      vertex += 1;
    }
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(positions, 3));
  geometry.setIndex(new THREE.BufferAttribute(numbers, 1));
  return new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ color: new THREE.Color(color.x, color.y, color.z), transparent: color.w < 1, opacity: color.w, side: THREE.DoubleSide }));
}

async function start() {
  const data = fetch(new URLSearchParams(location.search).get("model")).then((answer) => answer.arrayBuffer());
  await api.Init();
  const id = api.OpenModel(new Uint8Array(await data), { COORDINATE_TO_ORIGIN: true });
  const parts = collect(id);
  const group = new THREE.Group();
  for (const part of parts.values()) group.add(merged(part));
  scene.add(group);
  const sphere = new THREE.Box3().setFromObject(group).getBoundingSphere(new THREE.Sphere());
  camera.position.copy(sphere.center).addScaledVector(new THREE.Vector3(-0.55, 0.62, 0.8).normalize(), sphere.radius * 2);
  camera.lookAt(sphere.center);
  camera.far = sphere.radius * 6;
  camera.updateProjectionMatrix();
  renderer.render(scene, camera);
  await finished(renderer);
  window.firstMs = performance.now();
  api.CloseModel(id);
  window.bench = {
    triangles: () => renderer.info.render.triangles,
    async orbit(angle) {
      camera.position.sub(sphere.center).applyAxisAngle(new THREE.Vector3(0, 1, 0), angle).add(sphere.center);
      camera.lookAt(sphere.center);
      const from = performance.now();
      renderer.render(scene, camera);
      await finished(renderer);
      return performance.now() - from;
    },
    async pick(x, y) {
      const ray = new THREE.Raycaster();
      ray.setFromCamera(new THREE.Vector2((x / innerWidth) * 2 - 1, 1 - (y / innerHeight) * 2), camera);
      const from = performance.now();
      ray.intersectObject(group, true);
      return performance.now() - from;
    },
  };
}

start().catch((error) => { window.failed = String(error?.stack ?? error); });
