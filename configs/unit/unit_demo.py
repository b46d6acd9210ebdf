# UNIT in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
_base_ = [
    '../_base_/models/unit.py',
    '../_base_/datasets/demo_unpaired.py',
    '../_base_/schedules/unit_1000k.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/unit_demo'
model = dict(
    generator=dict(base_channels=8, num_blocks=2),
    discriminator=dict(base_channels=16),
    feature_loss=None,
)
faster = dict(optimizer=dict(lr=5e-4))
optim_wrapper = dict(
    generator=faster, reverse_generator=faster, discriminator=faster, reverse_discriminator=faster
)
param_scheduler = None
train_dataloader = dict(batch_size=1)
train_cfg = dict(max_epochs=3, val_interval=3)
