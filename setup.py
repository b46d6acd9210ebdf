"""Installs mmenlighten: what enhances by onnxruntime, and the rest as extras."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
ADDRESS = (
    f'{os.environ.get("GITHUB_SERVER_URL", "https://github.com")}'
    f'/{os.environ.get("GITHUB_REPOSITORY", "OWNER/mmenlighten")}'
)
"""Of the repository; GitHub's workflows, which build what is published, tell it."""
TRAVELLERS = ('configs', 'tools', 'model-index.yml')
"""What goes into wheels as ``mmenlighten/.mim``, where ``mim`` and the model index look for it."""

FIRST_OF_ALL = '+mmenlighten'
"""Goes into wheels with a copy of ``.mim`` (140 kB there), for ``mim train`` and ``mim test``.

Cause: onedl-mim 0.5.1 looks for these in the folder of the first file that pip has recorded. pip
sorts them, so that of any package with a command the first is ``../../../bin/<command>``, and mim
finds no tools. Only a name that sorts before ``..`` comes first.
https://github.com/VBTI-development/onedl-mim/blob/main/mim/utils/utils.py (get_installed_path)
Remove when a release of onedl-mim finds the package's folder by the package's name.
"""


class BuildWithConfigs(build_py):
    """Adds configs, metafiles and tools; an editable install finds them in the checkout."""

    def run(self) -> None:
        """Builds."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / 'mmenlighten' / '.mim'
        shutil.rmtree(target, ignore_errors=True)  # of an earlier build
        for name in TRAVELLERS:
            source = HERE / name
            if source.is_dir():
                # Scripts that set up a checkout are of no use elsewhere.
                ignored = shutil.ignore_patterns(
                    '__pycache__', 'setup.sh', 'demo.sh', 'run_tests.sh'
                )
                shutil.copytree(source, target / name, ignore=ignored)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name)
        # Without PyYAML, photographs can still be enhanced with onnxruntime.
        text = json.dumps(read_models(), indent=1)
        (target / 'model-index.json').write_text(text + '\n', encoding='utf-8')
        again = Path(self.build_lib) / FIRST_OF_ALL
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(target, again / '.mim')


def read_models() -> list[Any]:
    """What the metafiles say of models."""
    import yaml

    def read(name: str) -> Any:
        return yaml.safe_load((HERE / name).read_text(encoding='utf-8'))

    return [model for name in read('model-index.yml')['Import'] for model in read(name)['Models']]


def read_requirements(name: str) -> list[str]:
    """Lines of ``requirements/<name>.txt`` without comments and other files."""
    lines = (HERE / 'requirements' / f'{name}.txt').read_text(encoding='utf-8').splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(('#', '-'))]


def read_extras() -> dict[str, list[str]]:
    """What is installed by ``pip install "mmenlighten[NAME]"``."""
    mim = read_requirements('mminstall')
    torch = read_requirements('torch')
    train = {*torch, *mim, *read_requirements('runtime'), *read_requirements('optional')}
    # MMEngine and mmcv ask for OpenCV with windows by themselves.
    train = {line for line in train if not line.startswith('opencv-python>')}
    plain = ('onnx', 'video', 'raw', 'heif', 'hdr', 'app', 'ray')
    extras = {name: read_requirements(name) for name in plain}
    extras |= dict(torch=torch, train=sorted(train), export=[*torch, *extras['onnx']])
    extras['openvino'] = [*extras['export'], *read_requirements('openvino')]
    extras['all'] = sorted({line for lines in extras.values() for line in lines})
    # Not in it: it brings JAX and transformers, and holds torch below some version.
    extras['litert'] = [*extras['export'], *read_requirements('litert')]
    names = dict(mim='mminstall', optional='optional', demo='demo', tests='tests')
    return extras | {name: read_requirements(file) for name, file in names.items()}


def read_needs() -> list[str]:
    """What is installed in any case.

    A checkout in editable form is there to train. It needs what training needs, and of OpenCV the
    edition for which MMEngine asks; so no second one comes into its environment.
    """
    base = read_requirements('base')
    if 'MMENLIGHTEN_EDITABLE' not in os.environ:  # see build_backend.py
        return [*base, *read_requirements('wheel')]
    return sorted({*base, *read_requirements('runtime'), *read_extras()['train']})


def read_version() -> str:
    """The version, without importing the package."""
    scope: dict[str, str] = {}
    exec((HERE / 'mmenlighten' / 'version.py').read_text(encoding='utf-8'), scope)
    return scope['__version__']


def read_description() -> str:
    """README.md with links and pictures that are found from a package index, too."""

    def absolute(match: re.Match[str]) -> str:
        picture, text, target = match.groups()
        kind = 'raw' if picture else 'tree' if (HERE / target).is_dir() else 'blob'
        place = target if target.startswith('#') else f'/{kind}/HEAD/{target}'
        return f'{picture}[{text}]({ADDRESS}{place})'

    text = (HERE / 'README.md').read_text(encoding='utf-8')
    return re.sub(r'(!?)\[([^\[\]]*)\]\((?![a-z]+:)([^)\s]+)\)', absolute, text)


setup(
    name='mmenlighten',
    version=read_version(),
    description='Low-light image enhancement without paired data: EnlightenGAN on MMEngine',
    long_description=read_description(),
    long_description_content_type='text/markdown',
    author='The mmenlighten contributors',
    license='Apache-2.0',
    license_files=['LICENSE'],
    url=ADDRESS,
    project_urls={
        'Documentation': f'{ADDRESS}/tree/HEAD/docs',
        'Changelog': f'{ADDRESS}/blob/HEAD/CHANGELOG.md',
        'Issues': f'{ADDRESS}/issues',
    },
    keywords=(
        'low-light, image enhancement, photography, EnlightenGAN, Retinex, LIME, '
        'unpaired learning, GAN, HDR, denoising, MMEngine, OpenMMLab, PyTorch, ONNX'
    ),
    classifiers=[
        'Development Status :: 4 - Beta',
        'Environment :: Console',
        'Intended Audience :: Developers',
        'Intended Audience :: End Users/Desktop',
        'Intended Audience :: Science/Research',
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3 :: Only',
        *(f'Programming Language :: Python :: 3.{minor}' for minor in range(10, 15)),
        'Topic :: Multimedia :: Graphics',
        'Topic :: Multimedia :: Video',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
        'Topic :: Scientific/Engineering :: Image Processing',
        'Typing :: Typed',
    ],
    python_requires='>=3.10',
    packages=find_packages(include=['mmenlighten', 'mmenlighten.*']),
    package_data={
        'mmenlighten': [
            'py.typed',
            'evaluation/data/*',
            'weights/*',
            'datasets/free_photographs/*.csv',
        ]
    },
    cmdclass={'build_py': BuildWithConfigs},
    entry_points={'console_scripts': ['mmenlighten = mmenlighten.cli.main:main']},
    install_requires=read_needs(),
    extras_require=read_extras(),
)
