"""What ``mmenlighten app`` does."""

from __future__ import annotations

import argparse
import shutil

from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.app import Workshop
from mmenlighten.app.host_names import read_names
from mmenlighten.app.offered_models import offered_models
from mmenlighten.app.serve import make_folder, serve
from mmenlighten.inference import parse_memory

from .model_options import read_choice, read_most_pixels


def run_app(args: argparse.Namespace) -> None:
    """Serves the page until Ctrl-C.

    Raises:
        UserError: It cannot be served, or the model cannot be built.
    """
    most_pixels = read_most_pixels(args, example=100)
    names = read_names(args.allow_host)
    memory = None if args.memory is None else parse_memory(args.memory)
    folder = make_folder()
    try:
        workshop = Workshop(
            folder,
            offered_models(read_choice(args)),
            build_enhancer,
            EnhanceOptions(memory=memory),
            most_pixels,
        )
        serve(workshop, args.host, args.port, args.open, names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
