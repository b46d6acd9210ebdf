# RetinexNet in miniature: minutes on two CPU cores, on photographs that come inside packages.
_base_ = [
    '../_base_/models/retinexnet.py',
    '../_base_/datasets/demo_paired.py',
    '../_base_/schedules/retinexnet_200e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/retinexnet_demo'
model = dict(generator=dict(decom=dict(channels=16), relight=dict(channels=16)))
param_scheduler = None
train_cfg = dict(max_epochs=6, phase_epochs=(3, 3), val_begin=6, val_interval=6)
model_wrapper_cfg = dict(find_unused_parameters=True)
