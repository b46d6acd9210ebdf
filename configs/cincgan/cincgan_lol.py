# CinCGAN's inner cycle on LOL as two unpaired folders, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/cincgan.py',
    '../_base_/datasets/lol_cincgan.py',
    '../_base_/schedules/cincgan_400k.py',
    '../_base_/default_runtime.py',
]
