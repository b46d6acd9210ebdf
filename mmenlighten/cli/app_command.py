"""What ``mmenlighten app`` does."""

from __future__ import annotations

import argparse
import shutil

from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.app import Workshop
from mmenlighten.app.offered_models import offered_models
from mmenlighten.app.serve import make_folder, serve
from mmenlighten.inference import parse_memory
from mmenlighten.utils.errors import ConfigError


def run_app(args: argparse.Namespace) -> None:
    """Serves the page until Ctrl-C.

    Raises:
        UserError: It cannot be served, or the model cannot be built.
    """
    if not 0 < args.max_megapixels < 1e6:
        raise ConfigError(
            f'--max-megapixels {args.max_megapixels:g} is no size: use for example 100.'
        )
    memory = None if args.memory is None else parse_memory(args.memory)
    choice = ModelChoice(
        args.model, args.config, args.checkpoint, args.backend, args.device, args.precision
    )
    folder = make_folder()
    try:
        workshop = Workshop(
            folder,
            offered_models(choice),
            build_enhancer,
            EnhanceOptions(memory=memory),
            int(args.max_megapixels * 1e6),
        )
        serve(workshop, args.host, args.port, args.open)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
