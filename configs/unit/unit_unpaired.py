# UNIT on two folders of your own, without validation (../enlightengan_unpaired.py says how).
_base_ = [
    '../_base_/models/unit.py',
    '../_base_/datasets/lol_unit.py',
    '../_base_/schedules/unit_1000k.py',
    '../_base_/default_runtime.py',
]
train_dataloader = dict(
    dataset=dict(data_root='data/unpaired', data_prefix=dict(low='low', normal='normal'))
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
