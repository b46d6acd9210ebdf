# The official schedule: 100 epochs to split, 100 to adjust the illumination, each of them 20 with
# 1e-3 and the rest with 1e-4.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-3)),
)
# A ConstantLR gives the rate back in the last epoch before its end.
param_scheduler = [
    dict(type='ConstantLR', factor=0.1, begin=20, end=101, by_epoch=True),
    dict(type='ConstantLR', factor=0.1, begin=120, end=201, by_epoch=True),
]

# Validated from the second phase on: before, nothing adjusts the illumination.
train_cfg = dict(
    type='GANTrainLoop',
    max_epochs=200,
    phase_epochs=(100, 100),
    val_begin=101,
    val_interval=5,
)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=16, enable=False)
