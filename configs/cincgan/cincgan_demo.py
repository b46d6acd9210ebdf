# CinCGAN in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
# The discriminator strides, so that it sees 70 pixels: exposure shows in large patches alone.
_base_ = [
    '../_base_/models/cincgan.py',
    '../_base_/datasets/demo_unpaired.py',
    '../_base_/schedules/cincgan_400k.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/cincgan_demo'
model = dict(
    generator=dict(base_channels=8, num_blocks=2),
    discriminator=dict(base_channels=8, stride=2),
    ema=dict(type='ExponentialMovingAverage', momentum=0.02),
)
faster = dict(optimizer=dict(lr=2e-3))
optim_wrapper = dict(generator=faster, reverse_generator=faster)
param_scheduler = dict(
    _delete_=True, type='LinearLR', start_factor=1.0, end_factor=0.0, begin=2, end=4
)
train_dataloader = dict(batch_size=2)
train_cfg = dict(max_epochs=3, val_interval=3)
