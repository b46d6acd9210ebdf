"""Processor time that the installed package takes to start: python .ci/start_time.py [--limit S].

Processor time, and the least of some runs, so that other work on the machine hardly counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile

COMMANDS = {
    'import mmenlighten': ['-c', 'import mmenlighten'],
    'mmenlighten --help': ['-m', 'mmenlighten', '--help'],
    'mmenlighten models': ['-m', 'mmenlighten', 'models'],
    'mmenlighten doctor': ['-m', 'mmenlighten', 'doctor'],
}


def seconds(arguments: list[str], folder: str) -> float:
    """Processor time of one start of Python, its children's included."""
    if sys.platform == 'win32':  # no times of children there: the process tells its own
        report = 'import atexit, sys, time; atexit.register(lambda: print(time.process_time()))\n'
        if arguments[0] == '-c':
            code = report + arguments[1]
        else:
            code = f'{report}import runpy; sys.argv[1:] = {arguments[2:]!r}\n'
            code += f"runpy.run_module({arguments[1]!r}, run_name='__main__')"
        command = [sys.executable, '-c', code]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return float(result.stdout.split()[-1])
    before = os.times()
    subprocess.run([sys.executable, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def main() -> None:
    """Prints a table; the exit status is 1 if a command takes more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--limit', type=float, default=float('inf'), metavar='SECONDS')
    parser.add_argument('--runs', type=int, default=5, metavar='N')
    options = parser.parse_args()
    slow = False
    with tempfile.TemporaryDirectory() as folder:  # not the checkout, which would be imported
        for name, arguments in COMMANDS.items():
            taken = min(seconds(arguments, folder) for _ in range(options.runs))
            slow |= taken > options.limit
            mark = f'  more than {options.limit:g}' if taken > options.limit else ''
            print(f'{taken:6.2f} s  {name}{mark}', flush=True)
    sys.exit(slow)


if __name__ == '__main__':
    main()
