# Model 1 of SICE-net: no split, tiles and exports.
_base_ = ['./sice_2.py']
model = dict(generator=dict(variant=1))
