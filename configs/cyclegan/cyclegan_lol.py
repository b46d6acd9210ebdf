# CycleGAN's official recipe on LOL as two unpaired folders, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/cyclegan.py',
    '../_base_/datasets/lol_cyclegan.py',
    '../_base_/schedules/cyclegan_200e.py',
    '../_base_/default_runtime.py',
]
