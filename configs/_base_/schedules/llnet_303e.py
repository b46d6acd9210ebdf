# The authors' schedule: an epoch for each of the three layers of the first half, then all together.
# Their program goes on until it is stopped: the number of epochs is ours.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='SGD', lr=0.1)),
)
# 0.01 for the single layers, 0.1 for 199 epochs, and 0.01 again. A ConstantLR gives the rate back
# in the last epoch before its end.
param_scheduler = [
    dict(type='ConstantLR', factor=0.1, begin=0, end=4, by_epoch=True),
    dict(type='ConstantLR', factor=0.1, begin=202, end=304, by_epoch=True),
]
# Validated once all layers learn: on a CPU a picture of 600 x 400 takes ten seconds or more.
train_cfg = dict(type='GANTrainLoop', phase_epochs=(1, 1, 1, 300), val_begin=4, val_interval=10)

# For --auto-scale-lr: the batch size of all processes together that the learning rates are for.
auto_scale_lr = dict(base_batch_size=5, enable=False)
