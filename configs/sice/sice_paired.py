# Model 2 of SICE-net on two folders of your own that hold the same names, without validation:
#   --low photos/dark --normal photos/bright
# reads these with their sub-folders.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/lol_sice.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/default_runtime.py',
]
train_dataloader = dict(
    dataset=dict(data_root='data/paired', data_prefix=dict(low='low', normal='normal'), repeat=1)
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
