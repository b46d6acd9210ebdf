# RetinexNet in miniature: minutes on two CPU cores, on photographs that come inside packages.
_base_ = [
    '../_base_/models/retinexnet.py',
    '../_base_/datasets/demo_paired.py',
    '../_base_/schedules/retinexnet_200e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/retinexnet_demo'
model = dict(generator=dict(decom=dict(channels=32), relight=dict(channels=32)))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = [dict(type='ConstantLR', factor=0.3, begin=6, end=9)]
train_cfg = dict(max_epochs=12, phase_epochs=(8, 4), val_begin=12, val_interval=12)
model_wrapper_cfg = dict(find_unused_parameters=True)
