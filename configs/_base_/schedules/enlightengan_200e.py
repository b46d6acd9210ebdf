# The official schedule: Adam, 100 epochs at 1e-4, then 100 epochs that fall by 1e-6 each.
adam = dict(type='FusedAdam', lr=1e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    global_discriminator=dict(optimizer=adam),
    local_discriminator=dict(optimizer=adam),
)

# Epochs 1-101 have 1e-4, epoch 102 has 9.9e-5, epoch 200 has 1e-6: the first fall is at the end of
# epoch 101, as officially, hence 201.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=100, end=201, by_epoch=True
)

train_cfg = dict(type='GANTrainLoop', max_epochs=200, val_interval=5)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=32, enable=False)
