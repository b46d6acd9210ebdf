"""A small package in the manner of MMDetection, with a scope of its own."""

from __future__ import annotations

from pathlib import Path

FILES = {
    '__init__.py': '',
    'registry.py': """
from mmengine import registry as root
from mmengine.registry import Registry

DATASETS = Registry('dataset', parent=root.DATASETS, scope='{name}', locations=['{name}.data'])
TRANSFORMS = Registry(
    'transform', parent=root.TRANSFORMS, scope='{name}', locations=['{name}.data']
)
""",
    'data.py': """
import torch
from mmcv.transforms import BaseTransform
from mmengine.dataset import BaseDataset

from {name}.registry import DATASETS, TRANSFORMS


@DATASETS.register_module()
class NightDataset(BaseDataset):
    def load_data_list(self):
        return [
            dict(img_path=str(path), boxes=[[1.0, 2.0, 9.0, 8.0]])
            for path in sorted(self.folder.iterdir())
        ]

    def __init__(self, folder, **options):
        from pathlib import Path

        self.folder = Path(folder)
        super().__init__(**options)


@TRANSFORMS.register_module()
class PackInputs(BaseTransform):
    def transform(self, results):
        image = torch.from_numpy(results['img'].transpose(2, 0, 1).copy())
        names = ('img_path', 'img_shape', 'scale_factor', 'boxes')
        return dict(inputs=image, **{{name: results[name] for name in names}})
""",
}


def write_package(folder: Path, name: str) -> None:
    """Writes it to ``folder``, which is then to be on the path of Python."""
    (folder / name).mkdir()
    for file, text in FILES.items():
        (folder / name / file).write_text(text.format(name=name) if text else '')
