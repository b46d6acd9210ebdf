"""Says whether one method is better than another, or whether that is noise.

    python tools/evaluate.py --pred ours --gt high --out ours.json
    python tools/evaluate.py --pred theirs --gt high --out theirs.json
    python tools/compare.py theirs.json ours.json

The files may also be the results.json of tools/test.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.evaluation.comparison import compare, comparison_to_json, comparison_to_markdown
from mmenlighten.evaluation.report import check_ending
from mmenlighten.evaluation.results import read_results
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.command_line import run_tool, tool_parser

WRITERS = {'.json': comparison_to_json, '.md': comparison_to_markdown}


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('a', metavar='A.json', help='figures that tools/evaluate.py has written')
    add('b', metavar='B.json', help='those to compare with them')
    add('--out', metavar='FILE', help=f'write the comparison there ({", ".join(WRITERS)})')
    return parser.parse_args()


def main() -> None:
    """Compares."""
    args = parse_args()
    if args.out:
        check_ending(args.out, list(WRITERS))
    comparison = compare(read_results(args.a), read_results(args.b))
    print(comparison_to_markdown(comparison, args.a, args.b))
    if args.out:
        writer = WRITERS[Path(args.out).suffix.lower()]
        write_text(args.out, writer(comparison, args.a, args.b))


if __name__ == '__main__':
    run_tool(main)
