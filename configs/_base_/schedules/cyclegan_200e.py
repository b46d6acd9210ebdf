# The official schedule: Adam, 2e-4, and from epoch 100 on 1/101 of it less in each epoch.
adam = dict(type='FusedAdam', lr=2e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    reverse_generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
    reverse_discriminator=dict(optimizer=adam),
)

# Epochs 1-99 have 2e-4, epoch 100 has 100/101 of it, epoch 200 exactly 0, as in the present
# official program, which steps its schedule at the start of an epoch.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=98, end=200, by_epoch=True
)

train_cfg = dict(type='GANTrainLoop', max_epochs=200, val_interval=5)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=1, enable=False)
