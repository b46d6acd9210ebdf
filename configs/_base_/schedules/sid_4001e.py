# The official schedule: epochs 0 to 4000, of which those from 2001 on learn at a tenth.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-4)),
)
param_scheduler = dict(type='MultiStepLR', milestones=[2001], gamma=0.1, by_epoch=True)
train_cfg = dict(type='GANTrainLoop', max_epochs=4001, val_interval=100)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=1, enable=False)
