"""MMEngine's Runner with a start that fits a terminal."""

from __future__ import annotations

import logging
import os
from collections.abc import Sized
from typing import Any

from mmengine.device import get_device
from mmengine.dist import get_world_size
from mmengine.logging import MMLogger
from mmengine.runner import Runner


class TerseRunner(Runner):
    """Leaves to the log file what fills a screen: the environment, the config, the hooks' order."""

    def build_logger(self, *args: Any, **kwargs: Any) -> MMLogger:
        """As MMEngine's, which has a handler for the terminal and one for the file."""
        logger = super().build_logger(*args, **kwargs)
        for handler in logger.handlers:
            if not isinstance(handler, logging.FileHandler):
                handler.addFilter(_is_for_terminals)
            elif handler.stream is not None:
                # MMEngine takes the system's encoding, in which Windows cannot write all paths.
                handler.stream.reconfigure(encoding='utf-8', errors='backslashreplace')
        return logger

    def announce(self, *parts: str) -> None:
        """Says in two lines what runs where, and on how much; builds the data sets.

        Args:
            parts: Which to name, of ``'train'``, ``'val'`` and ``'test'``.
        """
        sizes = [f'{_samples(getattr(self, f"{part}_loop"))} to {part}' for part in parts]
        name = os.path.splitext(os.path.basename(self.cfg.filename or 'the config'))[0]
        processes = get_world_size()
        device = get_device() if processes == 1 else f'{processes} processes of {get_device()}'
        self.logger.info(f'{name} on {device}, samples: {", ".join(sizes)}')
        self.logger.info(f'Work dir {self.work_dir}, environment and config {self.logger.log_file}')


def _is_for_terminals(record: logging.LogRecord) -> bool:
    """Whether it is more than news of several lines, or of what is not used."""
    text = record.getMessage().strip()
    return record.levelno != logging.INFO or not ('\n' in text or 'SyncBatchNorm' in text)


def _samples(loop: Any) -> str:
    """How many there are, of all data sets; nothing is known of a stream."""
    sets = [one.dataloader.dataset for one in getattr(loop, 'sets', [loop])]
    return str(sum(len(one) for one in sets)) if all(isinstance(s, Sized) for s in sets) else 'some'
