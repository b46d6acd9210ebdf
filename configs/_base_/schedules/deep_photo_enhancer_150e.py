# The authors' schedule: Adam with TensorFlow's defaults, critics in each iteration, generators in
# the first of each 50.
adam = dict(type='FusedAdam', lr=1e-5, betas=(0.9, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    reverse_generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
    reverse_discriminator=dict(optimizer=adam),
)

# Epochs 1-76 have 1e-5, epoch 77 has 74/75 of it, epoch 150 has 1/75.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=75, end=151, by_epoch=True
)

train_cfg = dict(
    type='GANTrainLoop',
    max_epochs=150,
    val_interval=5,
    discriminator_updates=50,
    generator_first=True,
)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=3, enable=False)
