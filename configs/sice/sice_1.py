# Model 1 of SICE-net: no split, tiles and exports.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/sice_series.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/default_runtime.py',
]
model = dict(generator=dict(variant=1))
