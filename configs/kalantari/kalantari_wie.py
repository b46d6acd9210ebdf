# The recipe of the paper, for its network that estimates weights and images: in two stages.
_base_ = [
    '../_base_/models/kalantari.py',
    '../_base_/datasets/kalantari_aligned.py',
    '../_base_/schedules/kalantari_2000k.py',
    '../_base_/default_runtime.py',
]
