# The official optimizer; 50 epochs of 9582 iterations there.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=2e-4, betas=(0.5, 0.999))),
)
train_cfg = dict(type='GANTrainLoop', max_epochs=50, val_interval=1)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=16, enable=False)
