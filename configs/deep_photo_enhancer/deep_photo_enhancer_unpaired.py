# The same on two folders of your own, without validation (../enlightengan_unpaired.py says how).
_base_ = [
    '../_base_/models/deep_photo_enhancer.py',
    '../_base_/datasets/lol_deep_photo_enhancer.py',
    '../_base_/schedules/deep_photo_enhancer_150e.py',
    '../_base_/default_runtime.py',
]
train_dataloader = dict(
    dataset=dict(data_root='data/unpaired', data_prefix=dict(low='low', normal='normal'))
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
