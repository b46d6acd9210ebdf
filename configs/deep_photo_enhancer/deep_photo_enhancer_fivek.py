# The authors' experiment: MIT-Adobe FiveK with a longer side of 512 pixels, as four folders.
# Training takes 2,250 inputs and what expert C made of 2,250 other pictures, validation 498 pairs.
_base_ = [
    '../_base_/models/deep_photo_enhancer.py',
    '../_base_/datasets/lol_deep_photo_enhancer.py',
    '../_base_/schedules/deep_photo_enhancer_150e.py',
    '../_base_/default_runtime.py',
]
unpaired = dict(low='train/input', normal='train/expert_c')
pairs = dict(data_root='data/FiveK', data_prefix=dict(low='test/input', normal='test/expert_c'))
train_dataloader = dict(dataset=dict(data_root='data/FiveK', data_prefix=unpaired))
val_dataloader, test_dataloader = dict(dataset=pairs), dict(dataset=pairs)
