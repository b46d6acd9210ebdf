# The official recipe, on the set of Kalantari and Ramamoorthi (2017).
_base_ = [
    '../_base_/models/deephdr.py',
    '../_base_/datasets/kalantari.py',
    '../_base_/schedules/deephdr_50e.py',
    '../_base_/default_runtime.py',
]
