# Model 2 of SICE-net on the pairs of LOL, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/lol_sice.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/default_runtime.py',
]
