# HDRNet in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
_base_ = [
    '../_base_/models/hdrnet.py',
    '../_base_/datasets/demo_hdrnet.py',
    '../_base_/schedules/hdrnet_100e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/hdrnet_demo'
model = dict(generator=dict(input_size=64, spatial_bin=8))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)))
train_cfg = dict(max_epochs=4, val_interval=4)
