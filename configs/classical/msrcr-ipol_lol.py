_base_ = [
    '../_base_/models/msrcr-ipol.py',
    '../_base_/datasets/lol_test.py',
    '../_base_/default_runtime.py',
]
