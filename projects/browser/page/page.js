// What the visitor does and sees; worker.js does the work.

const $ = (id) => document.getElementById(id);
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const device = new URLSearchParams(location.search).get('device'); // wasm or webgpu, for tests
let name = '';

function say(sentence, isError = false) {
  $('status').textContent = sentence;
  $('status').classList.toggle('error', isError);
}

function open(file) {
  name = file.name.replace(/\.[^.]*$/, '');
  $('result').hidden = true;
  $('actions').disabled = true;
  $('progress').hidden = false;
  $('progress').removeAttribute('value');
  say(`Reading ${file.name} ...`);
  worker.postMessage({ kind: 'open', file, strength: Number($('strength').value), device });
}

function draw(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d').drawImage(image, 0, 0);
  image.close();
}

const ANSWERS = {
  before({ image, width, height }) {
    draw($('before'), image);
    $('after').width = 1; // which clears it
    $('result').hidden = false;
    $('size').textContent = `${width} × ${height}`;
    say('Enhancing ...');
  },
  progress({ done, count }) {
    $('progress').max = count;
    $('progress').value = done;
    say(`Enhancing: ${done} of ${count} tiles`);
  },
  after({ image, seconds, device }) {
    draw($('after'), image);
    $('progress').hidden = true;
    $('actions').disabled = false;
    if (seconds) say(`Done in ${seconds.toFixed(1)} s by ${device === 'wasm' ? 'WebAssembly' : 'WebGPU'}.`);
  },
  saved({ blob }) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${name}_bright.${blob.type === 'image/png' ? 'png' : 'jpg'}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
  error({ message }) {
    $('progress').hidden = true;
    say(message, true);
  },
};

worker.onmessage = ({ data }) => ANSWERS[data.kind](data);
worker.onerror = () => say('This browser is too old for the page: update it.', true);

$('file').onchange = ({ target }) => {
  if (target.files.length) open(target.files[0]);
  target.value = ''; // the same file may be chosen again
};
$('strength').oninput = ({ target }) => ($('share').textContent = Number(target.value).toFixed(2));
$('strength').onchange = ({ target }) =>
  worker.postMessage({ kind: 'show', strength: Number(target.value) });
$('handle').oninput = ({ target }) => $('pictures').style.setProperty('--at', `${target.value}%`);
for (const button of document.querySelectorAll('[data-type]')) {
  button.onclick = () => worker.postMessage({ kind: 'save', type: button.dataset.type });
}

addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
addEventListener('dragleave', () => document.body.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  const [file] = event.dataTransfer.files;
  if (file) open(file);
});
