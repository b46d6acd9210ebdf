# DeepHDR in miniature: minutes on two CPU cores, on brackets made of photographs that come inside
# Python packages.
_base_ = [
    '../_base_/models/deephdr.py',
    '../_base_/datasets/demo_brackets.py',
    '../_base_/schedules/deephdr_50e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/deephdr_demo'
model = dict(generator=dict(base_channels=16, num_blocks=3))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(type='MultiStepLR', milestones=[9], gamma=0.1, by_epoch=True)
train_cfg = dict(max_epochs=12, val_interval=12)
custom_hooks = [dict(type='ProgressBarHook'), dict(type='BracketReportHook')]
