# The authors' recipe on LOL as two unpaired folders, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/deep_photo_enhancer.py',
    '../_base_/datasets/lol_deep_photo_enhancer.py',
    '../_base_/schedules/deep_photo_enhancer_150e.py',
    '../_base_/default_runtime.py',
]
