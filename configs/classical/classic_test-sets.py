_base_ = [
    '../_base_/models/classic.py',
    '../_base_/datasets/test_sets.py',
    '../_base_/default_runtime.py',
]
