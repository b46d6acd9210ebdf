# Model 2 of SICE-net, the network of the paper, on SICE at a third of its size.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/sice_series.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/default_runtime.py',
]
