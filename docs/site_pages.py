"""Pages of the site that are made: copies of other pages, and the model zoo of the metafiles."""

from __future__ import annotations

import json
import os
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parent
REPOSITORY = DOCS.parent
GENERATED = DOCS / 'generated'
ADDRESS = (
    f'{os.environ.get("GITHUB_SERVER_URL", "https://github.com")}'
    f'/{os.environ.get("GITHUB_REPOSITORY", "OWNER/mmenlighten")}'
)
COPIED = (
    'configs/*/README.md',
    'projects/*/README.md',
    'benchmarks/results/*.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'CODE_OF_CONDUCT.md',
    'SECURITY.md',
    'README_zh-CN.md',
)
INTERNAL = (
    'acceleration', 'app', 'cli', 'enhancing', 'export', 'inference', 'photos', 'utils', 'video',
)  # fmt: skip
"""Packages that the reference leaves out: what users reach of them is in ``mmenlighten.apis``."""
FENCE = re.compile(r'(^```.*?^```)', flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r'(!?)(\[[^\[\]]*\])\((?![a-z]+:|#)([^)\s]+)\)')


def read_version() -> str:
    """The package's version, without importing it."""
    text = (REPOSITORY / 'mmenlighten' / 'version.py').read_text(encoding='utf-8')
    return re.findall(r"'(.+)'", text)[0]


def copied_pages() -> list[Path]:
    """Pages outside of ``docs`` that are part of the site."""
    return sorted(path for pattern in COPIED for path in REPOSITORY.glob(pattern))


def copy_of(page: Path) -> Path:
    """Where the site has a page from outside of ``docs``."""
    return GENERATED / page.relative_to(REPOSITORY)


def write_pages() -> None:
    """Fills ``docs/generated``; files that stay the same are not built anew."""
    texts = {copy_of(page): page.read_text(encoding='utf-8') for page in copied_pages()}
    texts[GENERATED / 'model_zoo.md'] = model_zoo()
    if GENERATED.exists():
        for old in GENERATED.rglob('*.md'):
            if old not in texts:
                old.unlink()
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding='utf-8') != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')


def rewrite(app: Any, name: str, source: list[str]) -> None:
    """Sphinx's ``source-read``: links that lead to the right place from the site."""
    page = DOCS / f'{name}.md'
    if not page.is_file():
        return  # the reference
    copied = page.is_relative_to(GENERATED) and page.name != 'model_zoo.md'
    original = REPOSITORY / page.relative_to(GENERATED) if copied else page
    text = source[0]
    if name == 'index':
        text = list_pages(text)
    parts = FENCE.split(text)
    parts[::2] = [
        LINK.sub(lambda match: link(match, page.parent, original.parent), part)
        for part in parts[::2]
    ]
    source[0] = ''.join(parts)


def flatten_reference(app: Any, name: str, source: list[str]) -> None:
    """Sphinx's ``source-read``: modules are listed in the page of their package alone.

    The theme repeats the table of contents on each page, which takes minutes with all of them.
    """
    depth = name.count('/') if name.startswith('api/mmenlighten/') else 0
    if depth > 3:
        source[0] = ':orphan:\n\n' + source[0]
    if depth > 2:
        source[0] = re.sub(
            r'^\.\. toctree::\n(?:   :.*\n)*\n((?:   .+\n)+)',
            lambda match: re.sub(r'^ +(\S+)$', r'* :doc:`\1`', match.group(1), flags=re.M),
            source[0],
            flags=re.MULTILINE,
        )


def link(match: re.Match[str], folder: Path, original: Path) -> str:
    """A link of a page that is written in ``original``, for its copy in ``folder``."""
    picture, text, target = match.groups()
    path, _, anchor = target.partition('#')
    file = Path(os.path.normpath(original / path))
    if not file.is_relative_to(REPOSITORY):
        return match.group(0)
    inside = file.is_relative_to(DOCS) and (picture or file.suffix == '.md')
    if file in copied_pages():
        file, inside = copy_of(file), True
    if inside:
        place = Path(os.path.relpath(file, folder)).as_posix()
    else:
        kind = 'raw' if picture else 'tree' if file.is_dir() else 'blob'
        place = f'{ADDRESS}/{kind}/HEAD/{file.relative_to(REPOSITORY).as_posix()}'
    return f'{picture}{text}({place}{"#" + anchor if anchor else ""})'


def list_pages(index: str) -> str:
    """Puts names of pages in the place of ``<!-- pages: PATTERN -->``, each page once."""
    pages = [page.relative_to(DOCS).with_suffix('') for page in DOCS.rglob('*.md')]
    names = sorted(page.as_posix() for page in pages if page.parts[0] != 'api')
    blocks = re.findall(r'^```\{toctree\}(.*?)^```', index, flags=re.MULTILINE | re.DOTALL)
    listed = {'index', *(name.strip() for block in blocks for name in block.splitlines())}

    def matching(match: re.Match[str]) -> str:
        found = [name for name in names if name not in listed and fnmatch(name, match.group(1))]
        listed.update(found)
        return '\n'.join(found)

    return re.sub(r'<!-- pages: (.*) -->', matching, index)


def model_zoo() -> str:
    """The page of all models, from the metafiles and the cards."""
    collections: list[dict[str, Any]] = []
    models: list[dict[str, Any]] = []
    for name in load('model-index.yml')['Import']:
        content = load(name)
        collections += content['Collections']
        models += content['Models']
    ready = [model for model in models if 'Weights' in model]
    parts = [
        '# Model zoo',
        'Made of the metafiles (`configs/*/metafile.yml`) when the site is built.'
        ' What is installed: `mmenlighten models`.',
        '## Models with weights',
        *(with_weights(model, collections) for model in ready),
    ]
    figures = filled('figures short', REPOSITORY / 'README.md')
    if figures:
        parts += [
            '### Beside other methods',
            figures,
            'Intervals, times, data and the command that makes this table:'
            ' [the card of `bilateral_curves_s`](../model_zoo/bilateral_curves_s.md#figures).',
        ]
    parts += [
        '## All models, by method',
        'Where no weights are published the command that trains the model stands in their place;'
        ' its config names the data, which are not part of this project.',
    ]
    for collection in collections:
        own = [model for model in models if model['In Collection'] == collection['Name']]
        parts.append(method(collection, own))
    return '\n\n'.join(parts) + '\n'


def load(name: str) -> Any:
    """A YAML file of the repository."""
    return yaml.safe_load((REPOSITORY / name).read_text(encoding='utf-8'))


def filled(name: str, page: Path) -> str:
    """The table in a page that a command has filled in, or nothing."""
    text = page.read_text(encoding='utf-8')
    found = re.search(rf'<!-- filled: {name} -->\n(.*?)<!-- end -->', text, flags=re.DOTALL)
    return found.group(1).strip() if found else ''


def results(model: dict[str, Any]) -> str:
    """Measured figures of a model."""
    return '; '.join(
        f'{result["Dataset"]}: ' + ', '.join(f'{k} {v:g}' for k, v in result['Metrics'].items())
        for result in model.get('Results', ())
    )


def figures_of(name: str) -> str:
    """What was measured of a model, with the protocol."""
    file = DOCS / 'model_zoo' / 'figures.json'
    document = json.loads(file.read_text(encoding='utf-8')) if file.exists() else {'methods': ()}
    for method in document['methods']:
        if method['name'] == name:
            pictures = {one['name']: one['pictures'] for one in document['sets']}
            parts = [
                f'{place} ({pictures[place]} pictures): '
                + ', '.join(f'{metric} {values["mean"]:.4g}' for metric, values in found.items())
                for place, found in method['figures'].items()
            ]
            return f'{"; ".join(parts)}. RGB rounded to 8 bits, not scaled to the ground truth.'
    return ''


def with_weights(model: dict[str, Any], collections: list[dict[str, Any]]) -> str:
    """What there is to know about weights that can be downloaded."""
    name = model['Name']
    [collection] = [one for one in collections if one['Name'] == model['In Collection']]
    card = DOCS / 'model_zoo' / f'{name}.md'
    log = DOCS / 'model_zoo' / f'{name}_curve.csv'
    weights = model['Weights']
    place = weights if '://' in weights else f'../../{weights}'
    training = model['Metadata'].get('Training Data', '')
    licence = collection.get('Training Data Licenses', {}).get(training, '')
    if training == 'Free photographs':
        training = f'[{training}](../free_photographs.md)'
    figures = [figures_of(name)]
    if card.exists():
        figures.append(f'[Card](../model_zoo/{name}.md).')
    rows = {
        'what it is': model['Metadata'].get('Note', ''),
        'architecture': '; '.join(collection['Metadata']['Architecture']),
        'parameters': f'{model["Metadata"]["Parameters"]:,}',
        'training data': training,
        'its licence': licence,
        'figures and their protocol': ' '.join(figures).strip(),
        'config': f'[`{model["Config"]}`](../../{model["Config"]})',
        'weights': f'[`{Path(weights).name}`]({place}), in the package',
        'SHA-256': f'`{model.get("SHA256", "")}`',
        'SHA-256 of the ONNX beside it': f'`{onnx}`' if (onnx := model.get('ONNX SHA256')) else '',
        'log': f'[CSV](../model_zoo/{log.name})' if log.exists() else '',
        'use': f'`mmenlighten enhance photo.jpg --model {name}`',
    }
    if '://' in weights:
        rows['weights'] = f'[`{Path(weights).name}`]({place})'
    return table([f'### {name}', ''], ['', ''], [[k, v] for k, v in rows.items() if v])


def method(collection: dict[str, Any], models: list[dict[str, Any]]) -> str:
    """A method and its models."""
    paper = collection.get('Paper', {})
    facts = [f'[How it works, and what was measured](../../{collection["README"]})']
    facts.append(f'[Code](../../{collection["Code"]})')
    lines = [f'### {collection["Name"]}', '']
    if paper:
        facts.insert(0, f'[{paper["Title"]}]({paper["URL"]})')
    lines += [f'{". ".join(facts)}.', '']
    for data, licence in collection.get('Training Data Licenses', {}).items():
        lines.append(f'- Licence of {data}: {licence}')
    details = collection.get('Metadata', {})
    for key in ('Architecture', 'Training Techniques'):
        if key in details:
            lines.append(f'- {key.capitalize()}: {"; ".join(details[key])}')
    rows = []
    for model in models:
        facts_of = model['Metadata']
        if 'Weights' in model:
            how = f'`--model {model["Name"]}`'
        elif facts_of['Parameters'] == 0:
            how = f'`--model {model["Name"]}`, without weights'
        else:
            how = f'`python tools/train.py {model["Config"]}`'
        remark = '; '.join(text for text in (results(model), facts_of.get('Note', '')) if text)
        rows.append([
            f'[`{model["Name"]}`](../../{model["Config"]})',
            f'{facts_of["Parameters"]:,}',
            facts_of.get('Training Data', ''),
            how,
            remark,
        ])  # fmt: skip
    return table([*lines, ''], ['model', 'parameters', 'data', 'use or train', 'remarks'], rows)


def table(before: list[str], head: list[str], rows: list[list[str]]) -> str:
    """Lines and a Markdown table."""
    lines = [*before, row_of(head), row_of(['---'] * len(head)), *map(row_of, rows)]
    return '\n'.join(lines)


def row_of(cells: list[str]) -> str:
    """A row of a Markdown table."""
    return f'| {" | ".join(cell.replace("|", chr(92) + "|") for cell in cells)} |'
