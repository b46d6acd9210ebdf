"""``mmenlighten completion``: scripts by which shells complete this command.

They are written from the parser and hold all that they offer, so that a shell need not start Python
at each tab.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

PROGRAM = 'mmenlighten'

DEVICES = ('auto', 'cpu', 'cuda', 'mps')


@dataclass(frozen=True)
class Option:
    """What a subcommand takes.

    Args:
        flags: Its names, such as ``--colour`` and ``--color``; none of what stands without one.
        takes_value: Whether a value follows.
        values: Those that can be offered; if there are none, names of files are.
        help: What it is for.
        name: What help calls its value.
    """

    flags: Sequence[str]
    takes_value: bool
    values: Sequence[str]
    help: str
    name: str


@dataclass(frozen=True)
class Subcommand:
    """A subcommand.

    Args:
        name: Its name.
        help: What it is for.
        options: What it takes, flags and others.
    """

    name: str
    help: str
    options: Sequence[Option]

    @property
    def flagged(self) -> list[Option]:
        """Options with flags."""
        return [option for option in self.options if option.flags]

    @property
    def plain(self) -> list[Option]:
        """What stands without a flag, at most one."""
        return [option for option in self.options if not option.flags]


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'completion',
        help='print a script that completes this command in a shell',
        description='Prints a script that completes this command in a shell. For bash and zsh, '
        f'write into ~/.bashrc or ~/.zshrc: eval "$({PROGRAM} completion bash)", or zsh. '
        f'For fish: {PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish',
    )
    parser.add_argument('shell', choices=tuple(SCRIPTS), help='shell that will read the script')
    parser.set_defaults(run=partial(run, subparsers))


def run(subparsers: Any, args: argparse.Namespace) -> None:
    """Prints the script."""
    print('\n'.join(SCRIPTS[args.shell](read_subparsers(subparsers))))


def read_subparsers(subparsers: Any) -> list[Subcommand]:
    """What can be completed, of what :meth:`argparse.ArgumentParser.add_subparsers` returned."""
    from mmenlighten.apis.model_index import list_models

    models = list_models()
    offered = dict(model=models, pattern=models, device=DEVICES)
    helps = {action.dest: action.help or '' for action in subparsers._choices_actions}
    return [
        Subcommand(
            name,
            helps[name],
            [
                Option(
                    action.option_strings,
                    action.nargs != 0,
                    offered.get(action.dest) or [str(choice) for choice in action.choices or ()],
                    (action.help or '').replace('%(default)s', str(action.default)),
                    str(action.metavar or action.dest),
                )
                for action in subparser._actions
            ],
        )
        for name, subparser in subparsers.choices.items()
    ]


def _bash(subcommands: Sequence[Subcommand]) -> Iterator[str]:
    yield f'# eval "$({PROGRAM} completion bash)"'
    yield f'_{PROGRAM}() {{'
    yield '    local current="${COMP_WORDS[COMP_CWORD]}" words='
    yield '    COMPREPLY=()  # without an answer, readline offers names of files'
    yield '    if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f'        words="{" ".join(one.name for one in subcommands)} --help --version"'
    yield '    else'
    yield '        case "${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD-1]}" in'
    for one in subcommands:
        for option in one.flagged:
            if option.values:
                cases = '|'.join(f'"{one.name} {flag}"' for flag in option.flags)
                yield f'        {cases}) words="{" ".join(option.values)}" ;;'
        flags = ' '.join(flag for option in one.flagged for flag in option.flags)
        values = ' '.join(value for option in one.plain for value in option.values)
        yield f'        "{one.name} "*)'
        yield f'            words="{values}"'
        yield f'            case "$current" in -*) words="{flags}" ;; esac ;;'
    yield '        esac'
    yield '    fi'
    yield '    if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi'
    yield '}'
    yield f'complete -o bashdefault -o default -F _{PROGRAM} {PROGRAM}'


def _zsh(subcommands: Sequence[Subcommand]) -> Iterator[str]:
    yield f'#compdef {PROGRAM}'
    yield f'_{PROGRAM}() {{'
    yield '    local context state state_descr line'
    yield '    typeset -A opt_args'
    yield "    _arguments '(- *)'{-h,--help}'[show help]' '(- *)--version[show the version]' \\"
    yield "        '1: :->subcommand' '*:: :->rest'"
    yield '    case $state in'
    yield '    subcommand)'
    yield '        local -a subcommands=('
    for one in subcommands:
        yield f'            {_quoted(one.name + ":" + one.help)}'
    yield '        )'
    yield '        _describe subcommand subcommands ;;'
    yield '    rest)'
    yield '        case $words[1] in'
    for one in subcommands:
        yield f'        {one.name})'
        yield '            _arguments \\'
        for option in one.options:
            value = ''
            if option.takes_value:
                offered = f'({" ".join(option.values)})' if option.values else '_files'
                value = f':{_zsh_text(option.name)}:{offered}'
            for flag in option.flags or ['']:
                spec = f'{flag}[{_zsh_text(option.help)}]{value}' if flag else f'*{value}'
                yield f'                {_quoted(spec)} \\'
        yield '                && return ;;'
    yield '        esac ;;'
    yield '    esac'
    yield '}'
    yield f'if [ "$funcstack[1]" = _{PROGRAM} ]; then'
    yield f'    _{PROGRAM} "$@"  # it is a file of $fpath'
    yield 'else'
    yield '    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }'
    yield f'    compdef _{PROGRAM} {PROGRAM}'
    yield 'fi'


def _zsh_text(text: str) -> str:
    for sign in '\\[]:':
        text = text.replace(sign, f'\\{sign}')
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(subcommands: Sequence[Subcommand]) -> Iterator[str]:
    start = f'complete -c {PROGRAM}'
    yield f'{start} -n __fish_use_subcommand -l help -s h -d {_fish_quoted("show help")}'
    yield f'{start} -n __fish_use_subcommand -l version -d {_fish_quoted("show the version")}'
    for one in subcommands:
        yield f'{start} -n __fish_use_subcommand -f -a {one.name} -d {_fish_quoted(one.help)}'
        here = f"{start} -n '__fish_seen_subcommand_from {one.name}'"
        for option in one.options:
            flags = ''.join(
                f' -l {flag[2:]}' if flag.startswith('--') else f' -s {flag[1:]}'
                for flag in option.flags
            )
            values = ''
            if option.values:
                values = f' -a {_fish_quoted(" ".join(option.values))}'
            # -r takes files too, -x only what is offered, and -f keeps files away.
            takes = (' -x' if values else ' -r') if option.takes_value else ''
            if not flags:
                if not values:  # files, as everywhere
                    continue
                takes = ' -f'
            yield f'{here}{flags}{takes}{values} -d {_fish_quoted(option.help)}'


def _fish_quoted(text: str) -> str:
    return "'" + text.replace('\\', '\\\\').replace("'", "\\'") + "'"


SCRIPTS: dict[str, Callable[[Sequence[Subcommand]], Iterator[str]]] = {
    'bash': _bash,
    'zsh': _zsh,
    'fish': _fish,
}
"""What writes the lines of a script, by the shell."""
