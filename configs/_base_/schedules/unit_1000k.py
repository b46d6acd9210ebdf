# The released program's schedule: Adam with weight decay in the gradient, 1e-4, halved after each
# 100,000 iterations of 1,000,000.
adam = dict(type='FusedAdam', lr=1e-4, betas=(0.5, 0.999), weight_decay=1e-4)
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    reverse_generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
    reverse_discriminator=dict(optimizer=adam),
)

# It steps at the beginning of an iteration, not at its end: one iteration earlier.
param_scheduler = dict(
    type='MultiStepLR',
    milestones=[100_000 * number - 1 for number in range(1, 10)],
    gamma=0.5,
    by_epoch=False,
)

train_cfg = dict(type='GANTrainLoop', max_epochs=2062, val_interval=20)  # of 485 pictures

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=1, enable=False)
