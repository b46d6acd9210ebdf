# The small network, for CPUs.
_base_ = [
    '../_base_/models/bilateral_curves.py',
    '../_base_/datasets/free_photographs.py',
    '../_base_/schedules/bilateral_curves_16e.py',
    '../_base_/default_runtime.py',
]
