# Adam, 2e-4, halved in each tenth of the training: 400,000 iterations, if an epoch has 1,000.
adam = dict(type='FusedAdam', lr=2e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    reverse_generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
)
param_scheduler = dict(type='StepLR', step_size=40, gamma=0.5, by_epoch=True)
train_cfg = dict(type='GANTrainLoop', max_epochs=400, val_interval=10)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=16, enable=False)
