# Of the authors' solver nothing is published: optimizer, learning rates and epochs are ours.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-4)),
)
param_scheduler = dict(type='MultiStepLR', milestones=[20, 30], gamma=0.1)
train_cfg = dict(type='GANTrainLoop', max_epochs=40, val_interval=5)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=5, enable=False)
