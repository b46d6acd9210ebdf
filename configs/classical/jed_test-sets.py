_base_ = [
    '../_base_/models/jed.py',
    '../_base_/datasets/test_sets.py',
    '../_base_/default_runtime.py',
]
