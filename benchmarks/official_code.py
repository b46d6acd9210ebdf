"""The official EnlightenGAN code on the torch of today, from a plain clone of its repository.

Nothing of it is part of this repository: benchmarks take ``--official-code FOLDER``, the result of
``git clone https://github.com/VITA-Group/EnlightenGAN FOLDER``. Its sources stay as they are; what
Python and torch no longer accept is changed while they are imported. The VGG-16 of its loss keeps
random weights, which cost the same work.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.machinery import FileFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.harness import OFFICIAL_URL, Options

NEEDED = ('models/networks.py', 'models/single_model.py', 'options/train_options.py')
PACKAGES = ('lib', 'models', 'options', 'util')
"""Names under which the official code imports its own parts."""

WIDTH = 32
"""Base channels of the official generator."""

HALF_ABOVE_WIDTH = 2200
"""The official generator works at half the size on what is wider."""

REWRITES = (
    (r'\basync\s*=', 'non_blocking='),  # a keyword since Python 3.7
    (r'from torch\.utils\.serialization import load_lua', 'load_lua = None'),  # left torch in 1.0
    (r'len\(gpu_ids\) >= 0', 'len(gpu_ids) > 0'),  # is always true, which rules out the CPU
    (r'(\bself\.loss_\w+)\.data\[0\]', r'\1.item()'),  # scalars have no dimension since 0.4
)
"""Patterns and what takes their place."""

TRAINING_OPTIONS = (
    *('--dataroot', 'unused', '--no_dropout', '--model', 'single'),
    *('--which_model_netG', 'sid_unet_resize', '--which_model_netD', 'no_norm_4'),
    *('--patchD', '--patch_vgg', '--patchD_3', '5', '--n_layers_D', '5', '--n_layers_patchD', '4'),
    *('--patchSize', '32', '--skip', '1', '--self_attention', '--use_norm', '1', '--use_wgan', '0'),
    *('--use_ragan', '--hybrid_loss', '--times_residual', '--instance_norm', '0'),
    *('--vgg', '1', '--vgg_choose', 'relu5_1'),
)
"""Of the official training command: all but the sizes, the devices, and where its data lies."""


class RewrittenSource(SourceFileLoader):
    """Loads modules with :data:`REWRITES`; it neither reads nor writes compiled files."""

    def get_code(self, fullname: str) -> CodeType:
        """Compiles the text of a module."""
        path = self.get_filename(fullname)
        text = decode_source(self.get_data(path))
        for pattern, replacement in REWRITES:
            text = re.sub(pattern, replacement, text)
        return compile(text, path, 'exec', dont_inherit=True)


def check_folder(folder: str | Path) -> Path:
    """The absolute path of a clone.

    Raises:
        ValueError: The folder is no such clone.
    """
    path = Path(folder).resolve()
    missing = [name for name in NEEDED if not (path / name).is_file()]
    if missing:
        raise ValueError(
            f'--official-code {folder}: {missing[0]} is missing; give the folder of a clone of '
            f'{OFFICIAL_URL}'
        )
    return path


def check_options(parser: Options, args: argparse.Namespace) -> None:
    """Ends the program, with a message, where the official code cannot be measured as asked."""
    if args.official_code is None:
        return
    try:
        check_folder(args.official_code)
    except ValueError as error:
        parser.error(str(error))
    if getattr(args, 'width', WIDTH) != WIDTH:
        parser.error(f'--official-code is {WIDTH} channels wide: leave out --width {args.width}')


@contextmanager
def official_imports(folder: str | Path) -> Iterator[None]:
    """Within it, ``import`` finds the official code first, and what it prints is dropped."""
    root = str(check_folder(folder))
    make_finder = FileFinder.path_hook((RewrittenSource, ['.py']))

    def hook(path: str) -> FileFinder:
        if path != root and not path.startswith(root + os.sep):
            raise ImportError(f'{path} is not official code')
        return make_finder(path)

    hidden = _forget_modules()
    sys.path_hooks.insert(0, hook)
    sys.path.insert(0, root)
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        sys.path.remove(root)
        sys.path_hooks.remove(hook)
        for path in [path for path in sys.path_importer_cache if path.startswith(root)]:
            del sys.path_importer_cache[path]
        _forget_modules()
        sys.modules.update(hidden)


def official_generator(folder: str | Path, device: str) -> nn.Module:
    """The generator in evaluation mode, with the random weights of its own initialization.

    It takes pictures (N, 3, H, W) in [-1, 1] and their :func:`attention`, and returns enhanced
    pictures and their residuals.
    """
    with official_imports(folder):
        options = _options(device, size=320, batch=1)
        shape = options.input_nc, options.output_nc, options.ngf, options.which_model_netG
        generator = import_module('models.networks').define_G(
            *(*shape, options.norm, not options.no_dropout, options.gpu_ids),
            skip=options.skip > 0,
            opt=options,
        )
    return generator.eval()


def official_network(
    folder: str | Path, device: str, gradients: bool = True
) -> Callable[[np.ndarray], np.ndarray]:
    """The generator as tiling takes it, on float32 arrays.

    With ``gradients``, what the backward pass would need is kept, as officially: the ``volatile``
    variables that it asks for are without effect since torch 0.4.
    """
    generator = official_generator(folder, device)

    def network(images: np.ndarray) -> np.ndarray:
        if images.shape[-1] > HALF_ABOVE_WIDTH:
            sys.exit(
                f'The official code halves what is wider than {HALF_ABOVE_WIDTH} pixels, here '
                f'{images.shape[-1]}: give --tile 1600.'
            )
        with torch.set_grad_enabled(gradients):
            image = torch.from_numpy(np.ascontiguousarray(images)).to(device)
            enhanced, _ = generator(image, attention(image))
        return enhanced.detach().cpu().numpy()

    return network


def official_training_step(
    folder: str | Path, device: str, size: int, batch: int
) -> Callable[[], None]:
    """One iteration of the official training loop, on the same random batch each time.

    The batch lies on the device already, where the iteration copies it as the official one does.
    """
    with official_imports(folder):
        networks = import_module('models.networks')

        def load_vgg16(model_dir: str, gpu_ids: list[int]) -> nn.Module:
            network = networks.Vgg16().to(device)
            return nn.DataParallel(network, gpu_ids) if gpu_ids else network

        networks.load_vgg16 = load_vgg16
        model = import_module('models.single_model').SingleModel()
        model.initialize(_options(device, size, batch))
    data = _random_batch(device, size, batch)

    def step() -> None:
        model.set_input(data)
        model.optimize_parameters(1)

    return step


def attention(image: Tensor) -> Tensor:
    """The gray map of pictures in [-1, 1], which the official data set computes: 1 for black."""
    red, green, blue = (image + 1).split(1, dim=1)
    return 1 - (0.299 * red + 0.587 * green + 0.114 * blue) / 2


def _options(device: str, size: int, batch: int) -> argparse.Namespace:
    """What the official command line gives; needs :func:`official_imports`."""
    command_line = import_module('options.train_options').TrainOptions()
    command_line.initialize()
    sizes = ['--fineSize', str(size), '--batchSize', str(batch)]
    options = command_line.parser.parse_args([*TRAINING_OPTIONS, *sizes])
    options.isTrain = True
    options.gpu_ids = []
    if torch.device(device).type == 'cuda':
        options.gpu_ids = [torch.device(device).index or 0]
        torch.cuda.set_device(options.gpu_ids[0])
    return options


def _random_batch(device: str, size: int, batch: int) -> dict[str, Any]:
    low, normal = (torch.rand(batch, 3, size, size).to(device) * 2 - 1 for _ in range(2))
    darkened = (low + 1) / 3 - 1
    paths = dict.fromkeys(('A_paths', 'B_paths'), [''] * batch)
    return dict(A=low, B=normal, input_img=darkened, A_gray=attention(darkened), **paths)


def _forget_modules() -> dict[str, Any]:
    """Takes modules with the official names out of ``sys.modules``; the official ones live on."""
    names = [name for name in sys.modules if name.split('.')[0] in PACKAGES]
    return {name: sys.modules.pop(name) for name in names}
