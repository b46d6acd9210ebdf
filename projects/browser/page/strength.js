// Less or more of an enhancement, in linear light, as mmenlighten.inference.strength does.

const MOST_GAIN = 16;
const FLOOR = 1e-3; // linear light added before gains are taken, or noise in black would explode
const LUMINANCE = [0.2126, 0.7152, 0.0722];
const STEPS = 65535;

const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const LIGHT = Float32Array.from({ length: 256 }, (_, level) => linear(level / 255));
// Where the next level begins; the table leads near to it, as a power for each value takes long.
const BOUNDS = Float64Array.from({ length: 256 }, (_, level) => linear((level + 0.5) / 255));
const LEVELS = Uint8Array.from({ length: STEPS + 1 }, (_, step) =>
  Math.max(0, BOUNDS.findIndex((bound) => step / STEPS < bound)),
);

function levelOf(light) {
  if (light >= 1) return 255;
  let level = LEVELS[Math.max(0, Math.floor(light * STEPS))];
  while (light >= BOUNDS[level]) level += 1;
  return level;
}

/**
 * @param {Uint8ClampedArray} before RGBA.
 * @param {Uint8ClampedArray} after The same, enhanced.
 * @param {number} strength 0 gives the one and 1 the other; up to 1.5.
 * @returns {Uint8ClampedArray}
 */
export function blend(before, after, strength) {
  if (strength === 1) return after;
  if (strength === 0) return before;
  const result = before.slice();
  for (let at = 0; at < result.length; at += 4) {
    let scale = 1;
    if (strength > 1) scale = furtherScale(before, after, at, strength - 1);
    for (let channel = at; channel < at + 3; channel++) {
      const light = LIGHT[after[channel]];
      const dark = LIGHT[before[channel]];
      result[channel] = levelOf(strength > 1 ? light * scale : dark + strength * (light - dark));
    }
  }
  return result;
}

/** What light is multiplied by beyond strength 1: stops of gain, along a curve that ends at white. */
function furtherScale(before, after, at, extra) {
  let [dark, light, brightest] = [FLOOR, FLOOR, 0];
  for (let channel = 0; channel < 3; channel++) {
    const value = LIGHT[after[at + channel]];
    dark += LUMINANCE[channel] * LIGHT[before[at + channel]];
    light += LUMINANCE[channel] * value;
    brightest = Math.max(brightest, value);
  }
  const factor = Math.min(Math.max(light / dark, 1 / MOST_GAIN), MOST_GAIN) ** extra;
  return -Math.expm1(factor * Math.log1p(-brightest)) / Math.max(brightest, 1e-12);
}
