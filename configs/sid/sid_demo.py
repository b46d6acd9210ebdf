# Learning to See in the Dark in miniature: minutes on two CPU cores, on raw pictures made of
# photographs that come inside Python packages.
_base_ = [
    '../_base_/models/sid.py',
    '../_base_/datasets/demo_raw.py',
    '../_base_/schedules/sid_4001e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/sid_demo'
model = dict(generator=dict(base_channels=8))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(type='MultiStepLR', milestones=[5], gamma=0.1, by_epoch=True)
train_cfg = dict(max_epochs=6, val_interval=6)
