# Scores a trained EnlightenGAN on all public test sets that are there, in one run:
#   python tools/test.py configs/enlightengan_test-sets.py CHECKPOINT --out results
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/test_sets.py',
    './_base_/default_runtime.py',
]
