"""Endings of the names of raw camera files."""

from __future__ import annotations

RAW_ENDINGS = {
    '.3fr': '3FR', '.arw': 'ARW', '.cr2': 'CR2', '.cr3': 'CR3', '.crw': 'CRW', '.dcr': 'DCR',
    '.dng': 'DNG', '.erf': 'ERF', '.gpr': 'GPR', '.iiq': 'IIQ', '.kdc': 'KDC', '.mef': 'MEF',
    '.mos': 'MOS', '.mrw': 'MRW', '.nef': 'NEF', '.nrw': 'NRW', '.orf': 'ORF', '.pef': 'PEF',
    '.raf': 'RAF', '.raw': 'raw', '.rw2': 'RW2', '.rwl': 'RWL', '.sr2': 'SR2', '.srf': 'SRF',
    '.srw': 'SRW', '.x3f': 'X3F',
}  # fmt: skip
"""Names of raw formats by the endings of files in lower case."""
