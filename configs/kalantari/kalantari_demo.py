# KalantariHDR in miniature, of the kind that learns weights: minutes on two CPU cores, on brackets
# made of photographs that come inside Python packages.
_base_ = [
    '../_base_/models/kalantari.py',
    '../_base_/datasets/demo_brackets_aligned.py',
    '../_base_/schedules/kalantari_2000k.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/kalantari_demo'
model = dict(generator=dict(kind='we', channels=(32, 32, 16)), first_stage=None)
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(type='MultiStepLR', milestones=[9], gamma=0.1, by_epoch=True)
train_cfg = dict(max_epochs=12, phase_epochs=(), val_interval=12)
custom_hooks = [dict(type='ProgressBarHook'), dict(type='BracketReportHook')]
