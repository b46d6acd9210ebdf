"""Compares two sets of figures picture by picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from mmenlighten.utils.errors import ConfigError, UserError, some_of

from .metrics import build_metric
from .report import figure, markdown_table
from .results import metric_protocols, to_json
from .statistics import EXACT_LIMIT, RESAMPLES, SEED, sign_flip_p_value, summarize

LEVEL = 0.05
"""A difference whose p-value is not below this is called noise."""

SMALLEST = math.floor(math.log2(2 / LEVEL)) + 1
"""Fewer pairs cannot give such a p-value: at least 2 of the 2^n changes of sign do as well."""

NOISE, TOO_FEW, DIFFERS = 'within noise', 'too few', 'differs'
"""What is said where neither can be called better."""

PROTOCOL = (
    'Differences are B - A on the pictures that both have. Interval: 95 %, bootstrap over pictures '
    f'({RESAMPLES} resamples, percentiles, seed {SEED}). p: two-sided permutation test on the mean '
    f'difference (all changes of sign up to {EXACT_LIMIT} pictures, beyond that {RESAMPLES} random '
    f'ones), not corrected for the number of metrics. Within noise: p is not below {LEVEL}; too '
    f'few: it is as small as it can be with fewer than {SMALLEST} pictures.'
)


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Compares what :func:`mmenlighten.evaluation.results.read_results` has read.

    Returns:
        ``protocol``; ``metrics``: for each ``mean_a``, ``mean_b``, ``difference`` (B - A), its
        ``ci95``, ``p``, ``n``, ``better`` (``'A'``, ``'B'``, or one of :data:`NOISE`,
        :data:`TOO_FEW`, :data:`DIFFERS`) and a ``sentence``; ``only_a``, ``only_b``: stems;
        ``notes``: sentences on what limits the comparison.

    Raises:
        UserError: The two have no picture with a metric in common.
    """
    metrics = {}
    notes = []
    for name in a['summary']:
        if name not in b['summary']:
            continue
        pairs = [
            (image[name], b['images'][stem][name])
            for stem, image in sorted(a['images'].items())
            if name in image and name in b['images'].get(stem, {})
        ]
        finite = [pair for pair in pairs if all(map(math.isfinite, pair))]
        if len(finite) < len(pairs):
            notes.append(
                f'{name}: {len(pairs) - len(finite)} of {len(pairs)} pictures are left out, since '
                'a value is not finite.'
            )
        if finite:
            metrics[name] = _compare_metric(name, finite)
    if not metrics:
        raise UserError(
            'The two files have no picture with a metric in common: compare figures of the same '
            'pictures, under the same names.'
        )
    protocols = metric_protocols(a), metric_protocols(b)
    for name in metrics:
        if protocols[0].get(name) != protocols[1].get(name):
            notes.append(f'{name} was measured by different protocols: measure both anew.')
    if any(metric['better'] == TOO_FEW for metric in metrics.values()):
        notes.append(
            f'Fewer than {SMALLEST} pictures cannot give p < {LEVEL}, however large the difference.'
        )
    return dict(
        protocol=PROTOCOL,
        metrics=metrics,
        only_a=sorted(a['images'].keys() - b['images'].keys()),
        only_b=sorted(b['images'].keys() - a['images'].keys()),
        notes=notes,
    )


def comparison_to_markdown(comparison: Mapping[str, Any], a: str, b: str) -> str:
    """The comparison of files of these names, for people."""
    rows = [['metric', 'A', 'B', 'B - A', '95 % interval', 'p', 'n', 'better']]
    for name, metric in comparison['metrics'].items():
        values = [figure(metric[key]) for key in ('mean_a', 'mean_b')]
        difference, *ends = (
            '' if value is None else f'{value:+.4f}'
            for value in (metric['difference'], *(metric['ci95'] or ()))
        )
        p_value = f'{metric["p"]:.4f}'
        interval = ' .. '.join(ends)
        rows.append(
            [name, *values, difference, interval, p_value, str(metric['n']), metric['better']]
        )
    lines = [metric['sentence'] for metric in comparison['metrics'].values()]
    lines += comparison['notes']
    for letter in 'ab':
        if stems := comparison[f'only_{letter}']:
            lines.append(f'Only in {letter.upper()}: {some_of(stems, 10)}.')
    lines.append(comparison['protocol'])
    bullets = ''.join(f'- {line}\n' for line in lines)
    return f'A: {a}  \nB: {b}\n\n{markdown_table(rows)}\n{bullets}'


def comparison_to_json(comparison: Mapping[str, Any], a: str, b: str) -> str:
    """The comparison of files of these names, for programs."""
    return to_json(dict(a=a, b=b, **comparison))


def _compare_metric(name: str, pairs: Iterable[tuple[float, float]]) -> dict[str, Any]:
    ones, others = zip(*pairs)
    differences = [other - one for one, other in zip(ones, others)]
    mean, _, ci95, n = summarize(differences)
    p_value = sign_flip_p_value(differences)
    higher_is_better = _higher_is_better(name)
    if n < SMALLEST and p_value <= 2 / 2**n:
        better = TOO_FEW
    elif p_value >= LEVEL:
        better = NOISE
    elif higher_is_better is None:
        better = DIFFERS
    else:
        better = 'B' if (mean > 0) == higher_is_better else 'A'
    said = {
        NOISE: 'the difference is within noise',
        TOO_FEW: 'too few pictures to tell the difference from noise',
        DIFFERS: f'B is {"higher" if mean > 0 else "lower"}, and neither direction is better',
    }
    sentence = f'{name}: {said.get(better, f"{better} is better")} (p = {p_value:.2g}, n = {n}).'
    return dict(
        mean_a=sum(ones) / n,
        mean_b=sum(others) / n,
        difference=mean,
        ci95=None if ci95 is None else list(ci95),
        p=p_value,
        n=n,
        better=better,
        sentence=sentence,
    )


def _higher_is_better(name: str) -> bool | None:
    try:
        return build_metric(name).higher_is_better
    except ConfigError:  # a metric of another program
        return None
