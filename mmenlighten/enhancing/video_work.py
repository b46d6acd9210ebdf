"""A video on its way from file to file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from mmenlighten.inference.darkness import DARK_SHARE, darkness
from mmenlighten.photos import MAX_PIXELS
from mmenlighten.version import __version__
from mmenlighten.video import require_av
from mmenlighten.video.containers import head_of, rewritten_kind
from mmenlighten.video.segment import VideoParts
from mmenlighten.video.smoothers import GainSmoother, GridSmoother

from .photo_enhancer import PhotoEnhancer
from .pipeline import run_pipeline

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from mmenlighten.video.encoder_settings import EncoderSettings
    from mmenlighten.video.frame_times import FrameTimes
    from mmenlighten.video.inspection import VideoInfo
    from mmenlighten.video.stream_plan import StreamPlan

SEGMENT_FRAMES = 48
"""After so many frames the work is put by; a killed run loses less than this."""

Progress = Callable[[int, int], None]
"""Called with the number of frames that are done, and of all."""

State = dict[str, Any]
"""All that the next frame depends on, for JSON."""


class VideoWork:
    """A video on its way from file to file.

    What is done lies in a hidden folder beside the result (:class:`VideoParts`); a run that is
    killed goes on from there, and ends with the same file.

    Args:
        enhancer: What enhances.
        source: The video.
        target: The result.
        source_hash: Of the content of the source.
        max_pixels: Videos with more pixels in a frame are refused.

    Raises:
        UserError: PyAV is missing.
    """

    def __init__(
        self,
        enhancer: PhotoEnhancer,
        source: Path,
        target: Path,
        source_hash: str,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        require_av()
        self.enhancer = enhancer
        self.source = source
        self.target = target
        self.source_hash = source_hash
        self.max_pixels = max_pixels
        self.notes: list[str] = []

    @cached_property
    def info(self) -> VideoInfo:
        """What is known of the video.

        Raises:
            UserError: It is damaged or cannot be enhanced.
        """
        from mmenlighten.video.inspection import inspect_video

        return inspect_video(self.source, self.max_pixels)

    @cached_property
    def times(self) -> FrameTimes:
        """When its frames are shown, after all have been decoded once.

        Raises:
            UserError: It is damaged.
        """
        from mmenlighten.video.frame_reader import survey_frames

        return survey_frames(self.source, self.info)

    @cached_property
    def settings(self) -> EncoderSettings:
        """How the result is encoded."""
        from mmenlighten.video.encoder_settings import EncoderSettings

        return EncoderSettings.choose(self.info)

    def is_wanted(self) -> bool:
        """Whether the video is to be enhanced; with ``only_dark``, a well-lit one is not.

        It counts as a whole, or single shots would stand out: it is dark if the median darkness
        of its key frames reaches a third. They alone are decoded.
        """
        from mmenlighten.video.frame_conversion import FrameConversion
        from mmenlighten.video.frame_reader import read_key_frames

        if not self.enhancer.options.only_dark:
            return True
        conversion = FrameConversion(self.info, self.settings)
        shares = [
            darkness(conversion.to_picture(frame))
            for frame in read_key_frames(self.source, self.info)
        ]
        return median(shares) >= DARK_SHARE

    def make(self, progress: Progress | None = None) -> Path:
        """Makes the result, or what an earlier run has left of it.

        Returns:
            The finished file, in the folder of the parts, from which it is to be moved.

        Raises:
            UserError: The video is damaged, or cannot be enhanced.
            OSError: Something cannot be written.
        """
        from mmenlighten.video.muxing import mux_video

        plan = self._plan()
        parts = VideoParts(self.target, self._fingerprint())
        self._make_parts(parts, progress)
        finished = parts.folder / f'result{self.target.suffix}'
        packets = (packet for segment in parts for packet in segment.packets)
        mux_video(self.source, finished, self.info, self.settings, packets, plan.choice)
        self.notes = self._notes() + plan.notes
        return finished

    def _plan(self) -> StreamPlan:
        """Looks at every stream and time, so that no fault is left to be found after the work."""
        from mmenlighten.video.stream_plan import plan_streams, trial_packets

        return plan_streams(
            self.source,
            self.info,
            self.settings,
            lambda: trial_packets(self.info, self.settings, self.times),
        )

    def copy(self) -> Path:
        """Copies the video as it is; returns the copy, from where it is to be moved."""
        parts = VideoParts(self.target, {})
        finished = parts.folder / f'result{self.target.suffix}'
        shutil.copyfile(self.source, finished)
        if kind := rewritten_kind(head_of(self.source)):
            self.notes = [f'it is well lit and stays as it is, whatever its name: {kind}']
        return finished

    def clean(self) -> None:
        """Removes the folder of the parts."""
        shutil.rmtree(VideoParts.folder_of(self.target), ignore_errors=True)

    def _make_parts(self, parts: VideoParts, progress: Progress | None) -> None:
        """Reads, enhances and encodes at the same time, from where an earlier run has ended."""
        from mmenlighten.video.frame_conversion import FrameConversion
        from mmenlighten.video.frame_reader import read_frames
        from mmenlighten.video.segment_encoder import SegmentEncoder

        conversion = FrameConversion(self.info, self.settings)
        grids, gains = GridSmoother(), GainSmoother()
        done = 0
        if parts.count:
            last = parts.last()
            done = (parts.count - 1) * SEGMENT_FRAMES + last.frames
            grids.restore(last.state['grids'])
            gains.restore(last.state['gains'])
        encoder = SegmentEncoder(self.info, self.settings)
        state: State = {}

        def read(frame: VideoFrame) -> tuple[VideoFrame, np.ndarray]:
            return frame, conversion.to_picture(frame)

        def compute(
            group: Sequence[tuple[VideoFrame, np.ndarray]],
        ) -> Sequence[tuple[VideoFrame, np.ndarray, np.ndarray, State]]:
            nonlocal done
            ((frame, picture),) = group
            grid = self.enhancer.prepare(picture)
            if grid is not None and self._is_smoothed:
                grid = grids.smooth(picture, grid)
            enhanced = self.enhancer.enhance_pixels(picture, state=grid)
            done += 1
            if progress is not None:
                progress(done, len(self.times))
            # As of this frame: when it is written, others have been computed.
            return [(frame, picture, enhanced, grids.state())]

        def write(computed: tuple[VideoFrame, np.ndarray, np.ndarray, State]) -> None:
            nonlocal encoder, state
            frame, picture, enhanced, state_of_grids = computed
            if self._is_smoothed:
                enhanced = gains.smooth(picture, enhanced)
            assert frame.pts is not None
            encoder.add(conversion.to_frame(enhanced, frame.pts), frame.duration or 0)
            state = dict(grids=state_of_grids, gains=gains.state())
            if encoder.frames == SEGMENT_FRAMES:
                parts.add(encoder.finish(state))
                encoder = SegmentEncoder(self.info, self.settings)

        frames = read_frames(self.source, self.info, self.times, skip=done)
        for _ in run_pipeline(frames, read, compute, write, lambda _: True):
            pass
        if encoder.frames:
            parts.add(encoder.finish(state))

    @property
    def _is_smoothed(self) -> bool:
        options = self.enhancer.options
        return options.smoothing and options.strength > 0  # of which 0 changes nothing

    def _fingerprint(self) -> dict[str, Any]:
        """All that the parts depend on."""
        import av

        return dict(
            program=__version__,
            libraries=av.library_versions,
            source=self.source_hash,
            recipe=self.enhancer.facts.video_fingerprint(self.enhancer.options),
            encoder=asdict(self.settings),
            segment_frames=SEGMENT_FRAMES,
            states=['grids', 'gains'],
        )

    def _notes(self) -> list[str]:
        """What the encoder could not keep, each in a sentence without a full stop."""
        notes = []
        if self.info.bit_depth > self.settings.bit_depth:
            notes.append(
                f'its {self.info.bit_depth} bits a channel became {self.settings.bit_depth}'
            )
        if self.info.is_interlaced:
            notes.append('its frames of two fields became frames of one')
        if self.times.mended:
            notes.append(
                f'the times of {self.times.mended} of its frames were repeated, backward or '
                'missing, and lie between those of others now'
            )
        lost = self.info.frames - len(self.times)
        if lost > 0 and self.info.muxer == 'mpegts' and not self.info.is_interlaced:
            notes.append(f'{lost} of its {self.info.frames} frames could not be decoded')
        if kind := rewritten_kind(head_of(self.source)):
            notes.append(f'its kind of file ({kind}) became Matroska (MKV)')
        return notes
