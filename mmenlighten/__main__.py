"""Runs the console command where it is not on the path: ``python -m mmenlighten``."""

from mmenlighten.cli.main import main

if __name__ == '__main__':
    main()
