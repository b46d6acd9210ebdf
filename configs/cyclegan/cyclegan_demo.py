# CycleGAN in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
_base_ = [
    '../_base_/models/cyclegan.py',
    '../_base_/datasets/demo_unpaired.py',
    '../_base_/schedules/cyclegan_200e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/cyclegan_demo'
model = dict(generator=dict(base_channels=8, num_blocks=3), discriminator=dict(base_channels=16))
param_scheduler = None
train_cfg = dict(max_epochs=6, val_interval=6)
