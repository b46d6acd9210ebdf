# RetinexNet's public recipe on LOL: two phases in one run, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/retinexnet.py',
    '../_base_/datasets/lol_paired.py',
    '../_base_/schedules/retinexnet_200e.py',
    '../_base_/default_runtime.py',
]
# Each phase leaves one of the two networks without gradients.
model_wrapper_cfg = dict(find_unused_parameters=True)
