# The authors' optimizer. Their program runs until it is stopped: the number of epochs is ours.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-4)),
)
train_cfg = dict(type='GANTrainLoop', max_epochs=100, val_interval=5)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=16, enable=False)
