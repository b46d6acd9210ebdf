// Decodes, enhances and encodes beside the page, which stays responsive.

import { Enhancer } from './enhancer.js';
import { blend } from './strength.js';

const MOST_PIXELS = 50e6;
const MOST_LEVELS = 2; // by which a result may differ from that of Python
const SHOWN = 2048; // greatest side of what the page shows
const DEVICES = { wasm: './ort/ort.wasm.min.mjs', webgpu: './ort/ort.webgpu.min.mjs' };

let loading; // of the network
let job = 0; // the photograph that is worked on; an older one is given up
let photo; // its pixels before and after

async function read(address) {
  const answer = await fetch(new URL(address, import.meta.url));
  if (!answer.ok) throw new Error(`${address} is missing on the server.`);
  return answer;
}

async function load(wanted) {
  const [traits, model] = await Promise.all([
    read('./model.json').then((answer) => answer.json()),
    read('./model.onnx').then((answer) => answer.arrayBuffer()),
  ]);
  const devices = wanted ? [wanted] : (await hasGpu()) ? ['webgpu', 'wasm'] : ['wasm'];
  for (const device of devices) {
    try {
      const ort = await import(DEVICES[device]);
      ort.env.logLevel = 'error';
      const session = await ort.InferenceSession.create(model, { executionProviders: [device] });
      const enhancer = new Enhancer(ort, session, traits);
      await check(enhancer, traits.check);
      return { device, enhancer };
    } catch (error) {
      if (device === devices.at(-1)) throw error;
    }
  }
}

/** Graphics cards may refuse the network, or compute something else: it is tried on a small picture. */
async function check(enhancer, { width, height, before, after }) {
  const result = await enhancer.enhance(Uint8ClampedArray.from(before), width, height, () => {});
  if (result.some((level, at) => Math.abs(level - after[at]) > MOST_LEVELS)) {
    throw new Error('This browser computes the network wrongly: try another one.');
  }
}

async function hasGpu() {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  // One that is computed by the processor is slower than WebAssembly.
  return Boolean(adapter) && !(adapter.info ?? adapter).isFallbackAdapter;
}

function canvasOf(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  return { canvas, context };
}

function canvasOfPixels(pixels) {
  const canvas = new OffscreenCanvas(photo.width, photo.height);
  canvas.getContext('2d').putImageData(new ImageData(pixels, photo.width, photo.height), 0, 0);
  return canvas;
}

/** A copy for the page to show. */
function shown(source) {
  const scale = Math.min(1, SHOWN / Math.max(source.width, source.height));
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.round(side * scale)));
  return canvasOf(source, width, height).canvas.transferToImageBitmap();
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Error(`${file.name} cannot be decoded by this browser: save it as JPEG or PNG.`);
  }
}

async function open({ file, strength, device }) {
  const own = ++job;
  photo = undefined;
  const bitmap = await decode(file);
  const { width, height } = bitmap;
  if (width * height > MOST_PIXELS) {
    throw new Error(
      `${file.name} has ${Math.round((width * height) / 1e6)} megapixels, and this page takes up to `
        + `${MOST_PIXELS / 1e6}: use "mmenlighten enhance" on your computer.`,
    );
  }
  if (own !== job) return;
  const before = canvasOf(bitmap, width, height).context.getImageData(0, 0, width, height).data;
  const image = shown(bitmap);
  bitmap.close();
  postMessage({ kind: 'before', image, width, height }, [image]);
  loading ??= load(device);
  loading.catch(() => (loading = undefined)); // may be tried again
  const network = await loading;
  const progress = async (done, count) => {
    postMessage({ kind: 'progress', done, count });
    await new Promise((resolve) => setTimeout(resolve)); // messages come in between
    if (own !== job) throw new GivenUp();
  };
  const begin = performance.now();
  const enhanced = await network.enhancer.enhance(before, width, height, progress);
  const seconds = (performance.now() - begin) / 1000;
  photo = { before, enhanced, width, height };
  show(strength, { seconds, device: network.device });
}

function show(strength, facts = {}) {
  if (!photo) return;
  photo.after = blend(photo.before, photo.enhanced, strength);
  const image = shown(canvasOfPixels(photo.after));
  postMessage({ kind: 'after', image, ...facts }, [image]);
}

async function save(type) {
  const blob = await canvasOfPixels(photo.after).convertToBlob({ type, quality: 0.95 });
  postMessage({ kind: 'saved', blob });
}

class GivenUp extends Error {}

const TASKS = { open, show: ({ strength }) => show(strength), save: ({ type }) => save(type) };

onmessage = async ({ data }) => {
  try {
    await TASKS[data.kind](data);
  } catch (error) {
    if (error instanceof GivenUp) return;
    postMessage({ kind: 'error', message: error.message || String(error) });
  }
};
