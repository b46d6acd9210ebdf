# SICE-net in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/demo_series.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/sice_demo'
# A rough split, in half the time.
model = dict(generator=dict(variant=3, split=dict(type='WLSDecompose', tolerance=1e-2)))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=4e-4)))
param_scheduler = dict(milestones=[3])
train_cfg = dict(max_epochs=4, val_interval=4)
