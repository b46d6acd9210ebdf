// Enhances a photograph by an exported network, tile by tile, as mmenlighten.inference does.

const TILE = 1024; // greatest side; a tile takes 240 bytes for each of its pixels

export class Enhancer {
  /**
   * @param {object} ort Either build of onnxruntime-web.
   * @param {object} session Its session of the network.
   * @param {object} traits What build.py found in the file of the network.
   */
  constructor(ort, session, traits) {
    Object.assign(this, { ort, session, traits });
    const tensor = (shape) =>
      new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    const { multiple, thumbnail, grid } = traits;
    // The file holds two steps, and wants the inputs of both: those of the other are blank.
    this.blank = {
      image: tensor([1, 3, multiple, multiple]),
      grid: tensor([1, ...grid]),
      window: new ort.Tensor('float32', [0, 0, multiple, multiple], [1, 4]),
      denoise: new ort.Tensor('float32', [traits.denoise], []),
      colour: new ort.Tensor('float32', [1], []),
      thumbnail: tensor([1, 3, thumbnail, thumbnail]),
    };
  }

  /**
   * @param {Uint8ClampedArray} pixels RGBA, row by row.
   * @param {number} width Pixels of a row.
   * @param {number} height Rows.
   * @param {function(number, number)} progress Told how many tiles are done, of how many; awaited.
   * @returns {Promise<Uint8ClampedArray>} The same, brighter; opacity stays.
   */
  async enhance(pixels, width, height, progress) {
    const { multiple, overlap, thumbnail } = this.traits;
    const small = this.tensor(thumbnailOf(pixels, width, height, thumbnail), thumbnail, thumbnail);
    const grid = await this.run('grid_of_thumbnail', { thumbnail: small });
    const halo = Math.ceil(overlap / multiple) * multiple;
    // Half of what is missing goes to the left and the top.
    const [missingX, missingY] = [width, height].map((size) => (multiple - (size % multiple)) % multiple);
    const [left, top] = [missingX >> 1, missingY >> 1];
    const columns = planSpans(width + missingX, multiple, halo);
    const rows = planSpans(height + missingY, multiple, halo);
    const result = pixels.slice();
    let done = 0;
    for (const row of rows) {
      for (const column of columns) {
        const xs = positions(column, left, width);
        const ys = positions(row, top, height);
        const enhanced = await this.run('enhanced', {
          image: this.tensor(cut(pixels, width, xs, ys), ys.length, xs.length),
          grid,
          window: new this.ort.Tensor(
            'float32', [row.start - top, column.start - left, height, width], [1, 4],
          ),
        });
        paste(enhanced.data, result, width, height, row, column, top, left);
        done += 1;
        await progress(done, rows.length * columns.length);
      }
    }
    return result;
  }

  tensor(values, height, width) {
    return new this.ort.Tensor('float32', values, [1, 3, height, width]);
  }

  async run(output, inputs) {
    return (await this.session.run({ ...this.blank, ...inputs }, [output]))[output];
  }
}

/** Means of areas that begin and end at whole pixels: (3, side, side) in [-1, 1]. */
function thumbnailOf(pixels, width, height, side) {
  const values = new Float32Array(3 * side * side);
  const area = (number, size) =>
    [Math.floor((number * size) / side), Math.ceil(((number + 1) * size) / side)];
  for (let row = 0; row < side; row++) {
    const [top, bottom] = area(row, height);
    for (let column = 0; column < side; column++) {
      const [left, right] = area(column, width);
      const sums = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
          for (let channel = 0; channel < 3; channel++) sums[channel] += pixels[at + channel];
        }
      }
      const count = (bottom - top) * (right - left);
      sums.forEach((sum, channel) => {
        values[(channel * side + row) * side + column] = sum / count / 127.5 - 1;
      });
    }
  }
  return values;
}

/** As few tiles as possible along an axis, all of one length, as short as possible. */
function planSpans(size, multiple, halo) {
  if (size <= TILE) return [{ start: 0, stop: size, coreStart: 0, coreStop: size }];
  const steps = (size - 2 * halo) / multiple;
  const count = Math.ceil(steps / Math.floor((TILE - 2 * halo) / multiple));
  const length = Math.ceil(steps / count) * multiple + 2 * halo;
  const spans = [];
  for (let index = 0, coreStart = 0; index < count; index++) {
    const start = Math.min(index * (length - 2 * halo), size - length);
    const coreStop = index === count - 1 ? size : start + length - halo;
    spans.push({ start, stop: start + length, coreStart, coreStop });
    coreStart = coreStop;
  }
  return spans;
}

/** The pixels that a tile shows along an axis; beyond the picture it is mirrored. */
function positions(span, before, size) {
  const last = size - 1;
  const period = Math.max(2 * last, 1);
  return Array.from({ length: span.stop - span.start }, (_, number) => {
    const at = span.start + number - before;
    return last - Math.abs((((at % period) + period) % period) - last);
  });
}

function cut(pixels, width, xs, ys) {
  const plane = xs.length * ys.length;
  const values = new Float32Array(3 * plane);
  let to = 0;
  for (const y of ys) {
    for (const x of xs) {
      const from = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        values[channel * plane + to] = pixels[from + channel] / 127.5 - 1;
      }
      to += 1;
    }
  }
  return values;
}

function paste(values, result, width, height, row, column, top, left) {
  const tileWidth = column.stop - column.start;
  const plane = tileWidth * (row.stop - row.start);
  const inside = (position, size) => Math.min(Math.max(position, 0), size);
  const [firstX, lastX] = [column.coreStart, column.coreStop].map((x) => inside(x - left, width));
  const [firstY, lastY] = [row.coreStart, row.coreStop].map((y) => inside(y - top, height));
  for (let y = firstY; y < lastY; y++) {
    for (let x = firstX; x < lastX; x++) {
      const from = (y + top - row.start) * tileWidth + x + left - column.start;
      const to = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        // An array of this type clamps, and rounds halves to even numbers, as NumPy does.
        result[to + channel] = (Math.fround(values[channel * plane + from]) + 1) * 127.5;
      }
    }
  }
}
