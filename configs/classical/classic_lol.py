_base_ = [
    '../_base_/models/classic.py',
    '../_base_/datasets/lol_test.py',
    '../_base_/default_runtime.py',
]
