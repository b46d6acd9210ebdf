"""Enhances images of any kind, and videos, from Python."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress, track

from mmenlighten.enhancing.inputs import check_path
from mmenlighten.enhancing.options import ENDINGS_OF_FORMATS, EnhanceOptions, ResultFormat
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.registry import INFERENCERS
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import ConfigError, UserError, failure_reason, system_reason
from mmenlighten.utils.mmengine_parts import HAS_MMENGINE, Config, ConfigDict, print_log
from mmenlighten.utils.quiet import quiet_mmengine

from .inferencer_image import OpenedImage
from .inferencer_inputs import InferencerInput, list_inputs
from .inferencer_kinds import ChannelOrder, open_image
from .model import load_model
from .torch_enhancer import torch_enhancer

if TYPE_CHECKING or HAS_MMENGINE:
    from mmengine.infer import BaseInferencer
else:
    from mmenlighten.utils.without_mmengine import BaseInferencer


@INFERENCERS.register_module()
class EnlightenInferencer(BaseInferencer):
    """Enhances images of any kind and size, by the code of the console command.

    One object may be called from several threads at once: nothing that a call changes is seen by
    another, and each gives what it gives alone, to the bit. Each takes ``memory`` by itself, and
    windows (``show``) are for one thread.

    Args:
        model: A name of :func:`mmenlighten.list_models`, a config or its path, or an
            enhancer that is built already; None for ``bilateral_curves_s``,
            whose weights are in the package.
        weights: A file or an address; None for those that are published for the name.
        device: ``'cpu'``, ``'cuda'``, ``'cuda:1'`` or ``'mps'``; None for the fastest there is.
        scope: MMEngine's scope; part of its interface.
        show_progress: Whether several batches show a progress bar, on the error stream.
        strength: 0 changes nothing, 1 is what the model makes, 1.5 is the most.
        only_dark: Whether well-lit images stay as they are.
        tile: ``'auto'``, the greatest side of a tile, or None for the image as a whole.
        memory: What enhancing may take, in bytes or as ``'2G'``; None lets the device decide.
        precision: ``'float32'``, ``'bfloat16'``, ``'float16'``, or ``'auto'``, the fastest.
        guided: Whether the model sees a small copy of each large image only, which takes the
            same time at any size.
        denoise: How much noise is taken away: 0 leaves all, 1 is the most; None leaves it to the
            model. This and the next two are for models that have such controls
            (``docs/controls.md``).
        brightness: The mean of luma that is wanted, in [0, 1]; None leaves it to the model.
        colour: How much of a cast of colour is taken away: 0 leaves all, 1 is what the model does.

    Raises:
        UserError: There is no such model, the weights do not fit, or an option is out of
            range or not for this model.
    """

    preprocess_kwargs = {'channel_order'}  # noqa: RUF012  MMEngine's interface, here and below
    forward_kwargs: set[str] = set()  # noqa: RUF012
    visualize_kwargs = {'show', 'wait_time', 'return_vis'}  # noqa: RUF012
    postprocess_kwargs: set[str] = set()  # noqa: RUF012

    def __init__(
        self,
        model: str | os.PathLike[str] | Mapping[str, Any] | Config | BaseEnhancer | None = None,
        weights: str | os.PathLike[str] | None = None,
        device: str | None = None,
        scope: str = 'mmenlighten',
        show_progress: bool = True,
        *,
        strength: float = 1.0,
        only_dark: bool = False,
        tile: int | str | None = 'auto',
        memory: int | str | None = None,
        precision: str = 'float32',
        guided: bool = False,
        denoise: float | None = None,
        brightness: float | None = None,
        colour: float = 1.0,
    ) -> None:
        options = EnhanceOptions.parse(
            strength=strength,
            only_dark=only_dark,
            tile=tile,
            memory=memory,
            guided=guided,
            denoise=denoise,
            brightness=brightness,
            colour=colour,
        )
        with quiet_mmengine():  # that a file was loaded is no news
            self._built = load_model(model, weights)
        self.enhancer = torch_enhancer(self._built, options, device or 'auto', precision)
        config = getattr(self._built, 'cfg', ConfigDict())
        super().__init__(config, None, 'cpu', scope, show_progress)

    def __call__(
        self,
        inputs: Any,
        return_datasamples: bool = False,
        batch_size: int = 1,
        *,
        out_dir: str | os.PathLike[str] | None = None,
        format: ResultFormat = 'auto',
        channel_order: ChannelOrder = 'rgb',
        show: bool = False,
        wait_time: float = 0.0,
        return_vis: bool = False,
        return_predictions: bool = True,
    ) -> dict[str, list[Any]]:
        """Enhances images.

        Args:
            inputs: One of these, or a list that may mix them and their sizes:

                * a path of a file, a folder or a pattern, or an address that MMEngine can read;
                * a path of a video, whose result is written to ``out_dir``;
                * an array (H, W, 3), RGB: uint8, uint16, or floating point in [0, 1]. (H, W) and
                  (H, W, 1) are gray; one channel more is alpha, which stays as it is;
                * a PIL image, which is turned as its EXIF data says;
                * a tensor (3, H, W) or (N, 3, H, W), RGB: uint8, or floating point in [0, 1].
            return_datasamples: Whether predictions are :class:`EnhanceDataSample`, with the result
                as uint8 RGB.
            batch_size: So many images of one size go through the network together, as far as
                memory allows.
            out_dir: Where results are written, replacing what is there. Files keep names and all
                that they hold, but raw files become TIFF, and HEIC, AVIF and JPEG XL become JPEG;
                other images become PNG files named by their position.
            format: What raw files, HEIC, AVIF and JPEG XL become instead: ``'jpeg'``, ``'tiff'``
                or ``'png'``. Other files keep their format.
            channel_order: ``'bgr'`` if arrays are in the order of OpenCV; those that are returned
                for files are in this order too.
            show: Whether a window shows each image before and after.
            wait_time: Seconds that it waits; 0 until a key is pressed.
            return_vis: Whether images before and after are returned side by side.
            return_predictions: False for folders that would not fit into memory.

        Returns:
            ``predictions``: for each image the result in the kind that it was given in, of the
            same size and type; for a file an array (H, W, 3), uint8 or uint16 as the file; for a
            video the path of the result.
            ``visualization``: uint8 RGB arrays, or nothing.

        Raises:
            UserError: An image cannot be read, enhanced or written; one sentence that names it.
            TypeError: Something is no image.
        """
        if batch_size < 1:
            raise ConfigError(f'batch_size={batch_size} is out of range: use 1 or more.')
        if channel_order not in ('rgb', 'bgr'):
            raise ConfigError(f"channel_order={channel_order!r} is unknown: use 'rgb' or 'bgr'.")
        check_choice('format', format, ('auto', *ENDINGS_OF_FORMATS))
        if out_dir is not None:
            check_path(os.fspath(out_dir))
        folder = None if out_dir is None else Path(out_dir).expanduser()
        found = list_inputs(inputs, folder, format)
        for item in found:
            if item.is_video and folder is None:
                raise ConfigError(f'{item.title} is a video, which becomes a file: give out_dir.')
        preds: list[tuple[InferencerInput, Any]] = []
        visualization: list[np.ndarray] = []
        for are_videos, group in groupby(found, lambda item: item.is_video):
            items = list(group)
            if are_videos and folder is not None:
                preds += [(item, self._enhance_video(item, folder)) for item in items]
                continue
            batches = self.preprocess(items, batch_size, channel_order=channel_order)
            for batch in self._track(batches, -(-len(items) // batch_size)):
                done = self.forward(batch)
                visualization += self.visualize(
                    batch, done, show=show, wait_time=wait_time, return_vis=return_vis
                )
                if folder is not None:
                    self._write(done, folder)
                if return_predictions:  # without the images as they were, which fill memory
                    preds += [
                        (one.item, one.sample() if return_datasamples else one.prediction())
                        for one in done
                    ]
        return self.postprocess(
            preds if return_predictions else [], visualization, return_datasamples
        )

    def preprocess(
        self,
        inputs: Sequence[Any],
        batch_size: int = 1,
        channel_order: ChannelOrder = 'rgb',
    ) -> Iterator[list[OpenedImage]]:
        """Opens images as they are needed, and yields batches of them.

        Raises:
            UserError: An image cannot be read.
            TypeError: Something is no image.
        """
        items = [
            single
            for item in inputs
            for single in ([item] if isinstance(item, InferencerInput) else list_inputs(item))
        ]
        opened = (self.pipeline(item, channel_order) for item in items)
        yield from self._get_chunk_data(opened, batch_size)

    def forward(self, inputs: Sequence[OpenedImage], **kwargs: Any) -> list[OpenedImage]:
        """Enhances a batch; images of one size and type go through the network together.

        Raises:
            UserError: There is not enough memory, or the network gives no numbers.
        """
        for _, group in groupby(sorted(inputs, key=_kind), _kind):
            images = list(group)
            try:
                results = self.enhancer.enhance_together([image.pixels for image in images])
            except UserError as error:
                names = ', '.join(image.item.title for image in images)
                raise UserError(f'{names} cannot be enhanced: {error}') from error
            for image, enhanced in zip(images, results, strict=True):
                if enhanced is not None:
                    image.finish(enhanced)
        return list(inputs)

    def visualize(
        self,
        inputs: Sequence[Any],
        preds: Sequence[OpenedImage],
        show: bool = False,
        wait_time: float = 0.0,
        return_vis: bool = False,
    ) -> list[np.ndarray]:
        """Puts images before and after side by side: uint8 RGB, if they are asked for."""
        if not (show or return_vis):
            return []
        rows = [image.before_after() for image in preds]
        if show:
            from mmengine.visualization import Visualizer

            visualizer = Visualizer.get_instance('mmenlighten_inferencer')
            for image, row in zip(preds, rows, strict=True):
                visualizer.show(row, win_name=image.item.title, wait_time=wait_time)
        return rows if return_vis else []

    def postprocess(
        self,
        preds: Sequence[tuple[InferencerInput, Any]],
        visualization: list[np.ndarray],
        return_datasample: bool = False,
    ) -> dict[str, list[Any]]:
        """Puts images of one tensor together again, and packs what is returned."""
        predictions: list[Any] = []
        for batch, group in groupby(preds, lambda pair: pair[0].batch):
            results = [result for _, result in group]
            is_stacked = batch is not None and not return_datasample
            predictions += [torch.stack(results)] if is_stacked else results
        return dict(predictions=predictions, visualization=visualization)

    def _write(self, done: Sequence[OpenedImage], folder: Path) -> None:
        for image in done:
            path = folder / image.item.name
            try:
                write_bytes(path, image.file())
            except (UserError, OSError) as error:
                raise UserError(f'{path} cannot be written: {failure_reason(error)}') from error
            _warn(image.item, image.notes)

    def _enhance_video(self, item: InferencerInput, folder: Path) -> str:
        from mmenlighten.enhancing.video_enhancer import enhance_video

        target = folder / item.name
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not self.show_progress) as bar:
            task = bar.add_task(item.name.name, total=None)

            def on_progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            try:
                notes = enhance_video(self.enhancer, item.value, target, on_progress)
            except OSError as error:
                raise UserError(f'{target} cannot be written: {system_reason(error)}.') from error
        _warn(item, notes)
        return str(target)

    def _track(self, batches: Iterator[Any], count: int) -> Any:
        if not self.show_progress or count < 2:
            return batches
        console = Console(stderr=True)
        return track(batches, 'Enhancing', total=count, console=console, transient=True)

    def _init_model(self, cfg: Any, weights: str | None, device: str = 'cpu') -> BaseEnhancer:
        return self._built

    def _init_pipeline(self, cfg: Any) -> Callable[..., OpenedImage]:
        return open_image

    def _init_collate(self, cfg: Any) -> Callable[[list[Any]], list[Any]]:
        return list

    def _init_visualizer(self, cfg: Any) -> None:
        return None  # windows alone need one, and make it when they are asked for


def _warn(item: InferencerInput, notes: Iterable[str]) -> None:
    for note in notes:
        print_log(f'{item.title}: {note}.', logger='current', level=logging.WARNING)


def _kind(image: OpenedImage) -> tuple[Any, ...]:
    return *image.pixels.shape, str(image.pixels.dtype)
