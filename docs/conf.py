"""The documentation's site: ``python -m sphinx -W -b html docs site``.

Pages are those that GitHub shows, too. What differs here: links to files outside of ``docs`` become
links to the repository, or to a copy of the page where it is one; ``site_pages.py`` tells which.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import site_pages  # noqa: E402

project = 'mmenlighten'
author = copyright = 'The mmenlighten contributors'
release = version = site_pages.read_version()

extensions = ['myst_parser', 'autoapi.extension', 'sphinx.ext.napoleon', 'sphinx_copybutton']
exclude_patterns = ['images']
myst_enable_extensions = ['colon_fence', 'dollarmath']
myst_heading_anchors = 4
suppress_warnings = [
    'myst.header',  # pages of methods begin below their heading
    'autoapi.python_import_resolution',  # names of packages that are not installed
]

# The reference is read from the sources: neither torch nor MMEngine is needed to build it.
autoapi_dirs = ['../mmenlighten']
autoapi_root = 'api'
autoapi_add_toctree_entry = False
autoapi_options = ['members', 'undoc-members', 'show-inheritance', 'show-module-summary']
autoapi_python_class_content = 'class'
autoapi_member_order = 'groupwise'
autoapi_ignore = [f'*/mmenlighten/{name}/*' for name in site_pages.INTERNAL]
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes are documented where they are annotated, too

html_theme = 'furo'
html_title = 'mmenlighten'
html_static_path = ['_static']
html_css_files = ['site.css']
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    'top_of_page_buttons': [],
    'light_css_variables': {'color-brand-primary': '#8a5a00', 'color-brand-content': '#8a5a00'},
    'dark_css_variables': {'color-brand-primary': '#ffc857', 'color-brand-content': '#ffc857'},
}
html_baseurl = os.environ.get('READTHEDOCS_CANONICAL_URL', '')


def setup(app: Sphinx) -> None:
    """Writes the pages that are made, and has links rewritten."""
    site_pages.write_pages()
    app.connect('source-read', site_pages.rewrite)
    app.connect('source-read', site_pages.flatten_reference)
