"""What stands between other programs for videos: frames are those of the console command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.apis.onnx_enhancer import onnx_enhancer
from mmenlighten.enhancing.options import EnhanceOptions

pytest.importorskip('onnxruntime')
REPOSITORY = Path(__file__).parents[1]
PROJECT = REPOSITORY / 'projects' / 'video_tools'
MODEL = REPOSITORY / 'mmenlighten' / 'weights' / 'bilateral_curves_s.onnx'
FRAMES = np.random.default_rng(0).integers(0, 70, (3, 34, 50, 3), np.uint8)


def enhanced(frames: np.ndarray) -> np.ndarray:
    enhancer = onnx_enhancer(MODEL, EnhanceOptions(), 'cpu')
    return np.stack([enhancer.enhance_pixels(frame) for frame in frames])


def run(*arguments: object, data: bytes = b'') -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        input=data,
        capture_output=True,
        env=os.environ | {'OMP_NUM_THREADS': '1', 'PYTHONPATH': str(REPOSITORY)},
        timeout=600,
    )


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_frames_of_the_pipe_are_those_of_photographs(dtype: type[np.unsignedinteger]) -> None:
    frames = FRAMES.astype(dtype) * dtype(257 if dtype == np.uint16 else 1)
    options = ('--size', '50x34', '--depth', 8 * frames.itemsize, '--backend', 'onnxruntime')
    result = run(PROJECT / 'pipe.py', *options, '--smoothing', 'off', data=frames.tobytes())
    assert result.returncode == 0, result.stderr
    assert result.stdout == enhanced(frames).tobytes()


def test_smoothed_frames_differ_a_little() -> None:
    options = ('--size', '50x34', '--backend', 'onnxruntime')
    result = run(PROJECT / 'pipe.py', *options, data=FRAMES.tobytes())
    smoothed = np.frombuffer(result.stdout, np.uint8).reshape(FRAMES.shape)
    levels = np.abs(smoothed.astype(int) - enhanced(FRAMES))
    assert levels[0].max() <= 1  # the first frame stays as it is
    assert levels.mean() < 8


@pytest.mark.parametrize(
    ('size', 'words'), [('49x34', 'in the middle of a frame of 49x34'), ('50', '--size 50 is no')]
)
def test_a_wrong_size_is_said(size: str, words: str) -> None:
    options = ('--size', size, '--backend', 'onnxruntime')
    result = run(PROJECT / 'pipe.py', *options, data=FRAMES.tobytes())
    assert result.returncode in (1, 2)
    assert words in result.stderr.decode()
    assert 'Traceback' not in result.stderr.decode()


def test_floats_are_converted_around_an_export(tmp_path: Path) -> None:
    pytest.importorskip('torch')
    pytest.importorskip('onnx')
    import onnxruntime

    from mmenlighten import get_model
    from mmenlighten.export.onnx_export import export_onnx

    exported, result = tmp_path / 'uint8.onnx', tmp_path / 'float.onnx'
    model = get_model('bilateral_curves_s')
    export_onnx(model, exported, with_processing=True, layout='NCHW')
    done = run(PROJECT / 'to_float.py', exported, result)
    assert done.returncode == 0, done.stderr
    session = onnxruntime.InferenceSession(result, providers=['CPUExecutionProvider'])
    planes = FRAMES[:1].transpose(0, 3, 1, 2).astype(np.float32) / 255
    [bright] = session.run(None, {'frame': planes})
    levels = np.abs(np.rint(bright * 255).transpose(0, 2, 3, 1) - enhanced(FRAMES[:1]))
    assert bright.dtype == np.float32
    assert levels.max() <= 1
    assert (levels > 0).mean() < 1e-3
    refused = run(PROJECT / 'to_float.py', result, tmp_path / 'again.onnx')
    assert refused.returncode == 1
    assert b'--with-processing --layout NCHW' in refused.stderr


def test_frames_of_vapoursynth_are_those_of_photographs() -> None:
    vs = pytest.importorskip('vapoursynth')
    if not hasattr(vs.core, 'bs'):
        pytest.skip('no plug-in that reads videos: pip install vapoursynth-bestsource')
    script = (PROJECT / 'enhance.vpy').read_text(encoding='utf-8')
    reading = 'core.bs.VideoSource(source)'
    assert reading in script
    script = script.replace(reading, 'source')
    clip = vs.core.std.BlankClip(None, 50, 34, vs.YUV444P8, 2, color=[40, 120, 140])
    exec(compile(script, 'enhance.vpy', 'exec'), {'source': clip})
    dark, bright = (
        np.stack([np.dstack([np.asarray(frame[p]) for p in range(3)]) for frame in out.frames()])
        for out in (vs.get_output(1).clip, vs.get_output(2).clip)
    )
    assert np.array_equal(bright, enhanced(dark))
    assert vs.get_output(0).clip.format.id == vs.YUV444P8
