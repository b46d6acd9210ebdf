"""Fetches 320 photographs under free licences into a folder, to train on without LOL.

    python tools/dataset_converters/free_photographs.py data/free_photographs

They come from Debian packages and public repositories, 300 MB in all, are checked by their SHA-256,
reduced to at most 1152 pixels (30 MB), and listed in manifest.csv with source, author and licence.
The same line again goes on after a run that was stopped. See docs/free_photographs.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.cli.progress_bar import ProgressBar
from mmenlighten.datasets.free_photographs import (
    Downloader,
    FreePhotographCollection,
    read_photographs,
)
from mmenlighten.utils.command_line import run_tool, tool_parser


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('folder', help='where to; made if needed')
    add(
        '--mirror',
        metavar='FOLDER_OR_URL',
        help='take all files from here instead of the internet (docs/free_photographs.md)',
    )
    add(
        '--overwrite',
        action='store_true',
        help='replace files of these names that differ; by default they are kept',
    )
    return parser.parse_args()


def main() -> None:
    """Fetches what is missing, and tells what there is."""
    arguments = parse_arguments()
    folder = Path(arguments.folder).expanduser()
    photographs = read_photographs()
    collection = FreePhotographCollection(
        folder, photographs, Downloader(arguments.mirror), arguments.overwrite
    )
    bar = ProgressBar(len(collection.missing))
    collection.progress = bar.update
    try:
        collection.fill()
    finally:
        bar.clear()
    fetched = len(collection.missing)
    print(
        f'{folder} has all {len(photographs)} photographs ({fetched} fetched now, '
        f'{len(photographs) - fetched} were there); manifest.csv has their licences.'
    )


if __name__ == '__main__':
    run_tool(main)
