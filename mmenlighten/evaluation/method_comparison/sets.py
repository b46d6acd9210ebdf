"""The pictures that methods are compared on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import mmenlighten.datasets  # noqa: F401  registers
from mmenlighten.datasets.known_datasets import KNOWN_DATASETS, KnownDataset, find_known
from mmenlighten.engine.hooks.save_results_hook import output_names
from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError, DatasetError
from mmenlighten.utils.option_names import option


class Pair(NamedTuple):
    """Files of a scene."""

    low: str
    gt: str | None


class BenchmarkSet(NamedTuple):
    """A data set to compare on."""

    name: str
    pictures: dict[str, Pair]
    """Files by the name of the result: a relative path that ends in ``.png``."""
    remark: str | None
    """What readers of its scores have to know."""
    is_well_lit: bool = False
    """Whether the pictures should stay as they are: each is its own ground truth."""

    @property
    def has_truth(self) -> bool:
        """Whether dark pictures have a ground truth."""
        return not self.is_well_lit and all(pair.gt is not None for pair in self.pictures.values())


def read_sets(texts: Sequence[str], well_lit: Sequence[str] = ()) -> list[BenchmarkSet]:
    """Finds the data sets that are named on a command line, before any work is done.

    Args:
        texts: Each ``NAME`` of a known data set, ``NAME=FOLDER`` with its ``data_root`` (or, if
            the name is not known, with the low-light pictures), or ``NAME=LOW_DIR,GT_DIR``.
        well_lit: Each ``NAME=FOLDER`` of well-lit photographs, which should stay as they are.

    Raises:
        ConfigError: A name is not known and comes without a folder, or is given twice.
        DatasetError: A folder is missing or empty, or a picture has no partner.
    """
    sets = [one for text in texts for one in _read(text)] + [_read_well_lit(t) for t in well_lit]
    names = [one.name for one in sets]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f'{_named(name)} is given twice: leave one out or rename it.')
        if '/' in name or name.startswith('.'):
            raise ConfigError(f'{_named(name)}: a name may neither have a / nor begin with a dot.')
    return sets


def _named(text: str) -> str:
    return option('texts', text, 'data')


def _read(text: str) -> list[BenchmarkSet]:
    name, given, place = text.partition('=')
    low, paired, gt = place.partition(',')
    if (given and not low) or (paired and not gt) or not name:
        raise ConfigError(f'{_named(text)}: write NAME, NAME=FOLDER or NAME=LOW_DIR,GT_DIR.')
    try:
        if paired:
            return [_build(name, _folder_pair(name, low, gt))]
        if given and not _is_known(name):
            return [_build(name, dict(type='ImageFolderDataset', data_root=low))]
        found = find_known(name)
        return [_build(known.name, known.config(low or None), known) for known in found]
    except DatasetError as error:
        raise DatasetError(f'{_named(text)}: {error}') from error


def _read_well_lit(text: str) -> BenchmarkSet:
    name, _, folder = text.partition('=')
    if not name or not folder:
        raise ConfigError(f'{option("well_lit", text)}: write NAME=FOLDER.')
    try:
        one = _build(name, dict(type='ImageFolderDataset', data_root=folder))
    except DatasetError as error:
        raise DatasetError(f'{option("well_lit", text)}: {error}') from error
    pictures = {name: Pair(pair.low, pair.low) for name, pair in one.pictures.items()}
    return BenchmarkSet(name, pictures, None, is_well_lit=True)


def _is_known(name: str) -> bool:
    try:
        return bool(find_known(name))
    except ConfigError:
        return False


def _folder_pair(name: str, low: str, gt: str) -> dict[str, Any]:
    known = KNOWN_DATASETS.get(name)
    options = known.options if known is not None else {}
    return dict(type='PairedImageDataset', data_prefix=dict(low=low, normal=gt), **options)


def _build(name: str, config: dict[str, Any], known: KnownDataset | None = None) -> BenchmarkSet:
    dataset = DATASETS.build(dict(config, test_mode=True, _scope_='mmenlighten'))
    samples = [dataset.get_data_info(index) for index in range(len(dataset))]
    names = output_names([sample['low_path'] for sample in samples], dataset.data_prefix['low'])
    pictures = {
        names[sample['low_path']]: Pair(sample['low_path'], sample.get('normal_path'))
        for sample in samples
    }
    known = known or KNOWN_DATASETS.get(name)
    return BenchmarkSet(name, pictures, known.remark_on(len(pictures)) if known else None)
