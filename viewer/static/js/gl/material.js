// @ts-check
import { DoubleSide, NoBlending, NormalBlending, ShaderMaterial, Vector3, Vector4 } from "../../vendor/vendor3d.js";

/** Which share of the elements a mesh draws: solids, see-through ones, ids, or the outlines of solids. */
export const SOLID = 0;
export const SEE_THROUGH = 1;
export const PICK = 2;
export const PASS_LINE = 3;

/** Vertices of elements that a pass does not draw are thrown out of the clip volume, so they cost no fragments. */
const VERTEX = /* glsl */ `
attribute float featureId;
uniform highp usampler2D uState;
uniform float uFirst;
uniform float uHover;
uniform float uPass;
uniform vec4 uBase;
uniform float uGhostAlpha;
uniform float uDarkGlass;
uniform float uReach;
flat varying vec4 vColour;
flat varying float vFeature;
flat varying float vEven;
varying vec3 vWorld;
#ifdef CUT
varying vec3 vPlace;
#endif
vec3 encode(vec3 c) { return mix(c * 12.92, 1.055 * pow(max(c, vec3(0.0)), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() {
  float feature = uFirst + featureId;
  int id = int(feature + 0.5);
  uvec4 state = texelFetch(uState, ivec2(id & 1023, id >> 10), 0);
  uint flags = state.a;
  vec4 base = uBase;
#ifdef USE_COLOR_ALPHA
  base *= color;
#elif defined(USE_COLOR)
  base.rgb *= color;
#endif
#ifdef USE_INSTANCING_COLOR
  base.rgb *= instanceColor.rgb;
#endif
  base.rgb = mix(encode(base.rgb), vec3(0.88), 0.12);
  if ((flags & 1u) != 0u) base = vec4(vec3(state.rgb) / 255.0 * (base.a < 0.99 ? 1.0 - uDarkGlass : 1.0), max(base.a, 0.55 + uDarkGlass));
  if ((flags & 8u) != 0u) base = vec4(mix(base.rgb, vec3(0.12, 0.37, 0.84), 0.78), max(base.a, 0.85));
  if ((flags & 4u) != 0u) base = vec4(0.55, 0.62, 0.66, uGhostAlpha);
  if (abs(feature - uHover) < 0.5 && (flags & 4u) == 0u) base.rgb = mix(base.rgb, vec3(0.12, 0.37, 0.84), 0.28);
  vEven = (flags & 1u) != 0u ? 0.55 : 0.0;
  bool through = base.a < 0.99;
  bool drawn = (flags & 2u) == 0u;
  if (uPass < 0.5 || uPass > 2.5) drawn = drawn && !through;
  else if (uPass < 1.5) drawn = drawn && through;
  else drawn = drawn && (flags & 4u) == 0u;
  vec4 local = vec4(position, 1.0);
#ifdef USE_INSTANCING
  local = instanceMatrix * local;
#endif
  vec4 world = modelMatrix * local;
  vWorld = world.xyz - cameraPosition;
#ifdef CUT
  vPlace = world.xyz;
#endif
  vFeature = feature;
  if ((flags & 4u) != 0u) base.a *= smoothstep(0.05, 0.9, length(vWorld) / uReach);
  vColour = base;
  gl_Position = drawn ? projectionMatrix * viewMatrix * world : vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform float uPass;
uniform float uLineAlpha;
uniform float uModel;
uniform vec3 uSun;
flat varying vec4 vColour;
flat varying float vFeature;
flat varying float vEven;
varying vec3 vWorld;
#ifdef CUT
uniform float uClip;
uniform vec4 uCuts[3];
varying vec3 vPlace;
float beyond(float side, inout float edge) {
  float width = fwidth(side);
  edge = max(edge, width > 0.0 ? 1.0 - smoothstep(0.9, 1.9, -side / width) : 0.0);
  return side;
}
#endif
void main() {
#ifdef CUT
  float edge = 0.0;
  float side = uClip < 1e8 ? beyond(vPlace.y - uClip, edge) : -1.0;
  for (int i = 0; i < 3; i++) if (dot(uCuts[i].xyz, uCuts[i].xyz) > 0.0) side = max(side, beyond(dot(uCuts[i].xyz, vPlace) - uCuts[i].w, edge));
  if (side > 0.0) discard;
#endif
#ifdef CAPS
  // A cap lies 4 cm before the inside that stands for it, so that a floor under a cut wall does not shine through.
  float cap = isOrthographic ? 2e-4 : 0.04 * (1.0 - gl_FragCoord.z) * gl_FragCoord.w;
  gl_FragDepth = gl_FrontFacing ? gl_FragCoord.z : gl_FragCoord.z - cap;
#endif
  if (uPass > 2.5) {
    gl_FragColor = vec4(vColour.rgb * 0.28, uLineAlpha);
    return;
  }
  if (uPass > 1.5) {
    float id = floor(vFeature + 1.5);
    gl_FragColor = vec4(mod(id, 256.0), mod(floor(id / 256.0), 256.0), floor(id / 65536.0), uModel) / 255.0;
    return;
  }
  vec3 normal = normalize(cross(dFdx(vWorld), dFdy(vWorld)));
  if (dot(normal, vWorld) > 0.0) normal = -normal;
  float light = 0.70 + 0.16 * normal.y + 0.20 * max(dot(normal, uSun), 0.0) + 0.05 * normal.x;
  light = mix(light, 1.0, vEven);
#ifdef CUT
  if (vColour.a > 0.99) {
    // The inside of a closed body is seen only through a cut: drawn flat and hatched it is the cap.
    if (!gl_FrontFacing) light = mod(gl_FragCoord.x + gl_FragCoord.y, 7.0) < 1.6 ? 0.42 : 0.66;
    light = mix(light, 0.16, edge);
  }
#endif
  gl_FragColor = vec4(min(vColour.rgb * light, vec3(1.0)), vColour.a);
}`;

/**
 * Uniforms shared by every chunk of one model; changing them needs no new material.
 * @param {import("./features.js").FeatureModel} model
 */
export function sharedUniforms(model) {
  return {
    uState: { value: model.texture },
    uHover: { value: -1 },
    uModel: { value: model.number },
    uClip: { value: 1e9 },
    uCuts: { value: [new Vector4(), new Vector4(), new Vector4()] },
    uGhostAlpha: { value: 0.05 },
    uDarkGlass: { value: 0 },
    uLineAlpha: { value: 0.55 },
    uReach: { value: 1 },
    uSun: { value: new Vector3(0.45, 0.72, 0.53).normalize() },
  };
}

/**
 * Material of one chunk in one pass.
 * @param {ReturnType<typeof sharedUniforms>} shared
 * @param {number} pass SOLID, SEE_THROUGH or PICK
 * @param {{first: number, base: import("../../vendor/vendor3d.js").Vector4, colours: boolean}} chunk
 */
export function featureMaterial(shared, pass, chunk) {
  const blended = pass === SEE_THROUGH || pass === PASS_LINE;
  const material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    side: DoubleSide,
    vertexColors: chunk.colours,
    transparent: blended,
    blending: blended ? NormalBlending : NoBlending, // said so, all passes are one program; else a solid one is another
    depthWrite: !blended,
  });
  // Assigned, not passed in: the constructor would copy the values and cut the sharing.
  material.uniforms = { ...shared, uPass: { value: pass }, uFirst: { value: chunk.first }, uBase: { value: chunk.base } };
  if (pass === SOLID) Object.assign(material, { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 });
  return material;
}
