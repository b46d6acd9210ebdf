# The official optimizer and length, 2,000,000 iterations: 200 epochs of 10,000. How many of them
# the first stage takes the paper does not tell; a quarter is ours.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-4)),
)
train_cfg = dict(type='GANTrainLoop', max_epochs=200, phase_epochs=(50, 150), val_interval=5)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=20, enable=False)
