"""What ``mmenlighten app`` does."""

from __future__ import annotations

import argparse

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.app import EnhanceService
from mmenlighten.app.host_names import read_names
from mmenlighten.app.offered_models import offered_models
from mmenlighten.app.serve import ending_by, interrupt, serve
from mmenlighten.app.server_folder import server_folder
from mmenlighten.enhancing.options import EnhanceOptions

from .model_options import read_choice, read_most_pixels


def run_app(args: argparse.Namespace) -> None:
    """Serves the page until Ctrl-C.

    Raises:
        UserError: It cannot be served, or the model cannot be built.
    """
    most_pixels = read_most_pixels(args, example=100)
    names = read_names(args.allow_host)
    # Also before the server is there, such as while the model is made ready.
    with ending_by(interrupt), server_folder() as folder:
        service = EnhanceService(
            folder,
            offered_models(read_choice(args)),
            build_enhancer,
            EnhanceOptions.parse(memory=args.memory),
            most_pixels,
        )
        serve(service, args.host, args.port, args.open, names)
