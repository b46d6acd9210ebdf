# The authors' recipe on the pairs of LOL, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/hdrnet.py',
    '../_base_/datasets/lol_hdrnet.py',
    '../_base_/schedules/hdrnet_100e.py',
    '../_base_/default_runtime.py',
]
