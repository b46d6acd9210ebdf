# Deep Photo Enhancer in miniature: minutes on two CPU cores, on photographs that come inside Python
# packages.
_base_ = [
    '../_base_/models/deep_photo_enhancer.py',
    '../_base_/datasets/demo_unpaired.py',
    '../_base_/schedules/deep_photo_enhancer_150e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/deep_photo_enhancer_demo'
# Errors are means over pixels, and slopes of scores norms over pixels: with a quarter of the side,
# a quarter of the weight gives the same balance.
model = dict(
    generator=dict(image_size=128, base_channels=8),
    discriminator=dict(image_size=128, base_channels=8),
    loss_weights=dict(
        identity_low=250.0, identity_normal=250.0, cycle_low=2500.0, cycle_normal=2500.0
    ),
)
faster = dict(optimizer=dict(lr=1e-3))
optim_wrapper = dict(
    generator=faster, reverse_generator=faster, discriminator=faster, reverse_discriminator=faster
)
param_scheduler = None
train_dataloader = dict(batch_size=2)
train_cfg = dict(max_epochs=1, val_interval=1, discriminator_updates=2)
